import { MAX_UINT256 } from "@shortfall/math";
import { accrue } from "../accrual.js";
import { updateRates } from "../rates.js";
import type { Reserve } from "../reserve.js";
import { burnScaled } from "../scaled-token.js";
import type { Step } from "../step.js";
import { moveUnderlying } from "../underlying.js";
import { requireHealthy } from "../valuation.js";
import { disableCollateral } from "./collateral-switch.js";

export interface WithdrawInput {
  readonly reserve: Reserve;
  readonly caller: string;
  readonly to: string;
  /** The largest integer means everything. */
  readonly amountAssets: bigint;
}

/** Takes underlying out for aTokens (SupplyLogic.executeWithdraw). */
export function withdraw(step: Step, input: WithdrawInput): void {
  const { reserve } = input;
  const { market, profile } = step;
  const { scaling } = profile;
  const toToken = profile.receiverChecks && input.to === reserve.identity.aToken;
  const directed = scaling.kind === "directed";
  if (directed) step.require(!toToken, "WithdrawToAToken");
  accrue(step, reserve);
  if (!directed) step.require(!toToken, "WithdrawToAToken");
  const index = reserve.liquidityIndexRay;
  const account = market.account(input.caller);
  const held = reserve.supplies.get(account);
  const balance = scaling.claim(held, index);
  const everything = input.amountAssets === MAX_UINT256;
  const amountAssets = everything ? balance : input.amountAssets;
  if (directed) {
    const scaled = everything ? held : scaling.withdraw(amountAssets, index);
    if (scaled === 0n) step.refuse("InvalidAmount");
    if (scaled > held) step.refuse("NotEnoughAvailableUserBalance");
  } else {
    if (amountAssets === 0n) step.refuse("InvalidAmount");
    if (amountAssets > balance) step.refuse("NotEnoughAvailableUserBalance");
  }
  const { active, paused } = reserve.parameters;
  step.require(active, "ReserveInactive");
  step.require(!paused, "ReservePaused");
  updateRates(step, reserve, 0n, amountAssets);
  const flagged = market.isCollateral(account, reserve);
  if (profile.withdrawClearsFirst && flagged && amountAssets === balance) {
    disableCollateral(step, reserve, account);
  }
  const scaled = directed && everything ? held : scaling.withdraw(amountAssets, index);
  const emptied = burnScaled(
    step,
    reserve,
    "supply",
    account,
    input.to,
    { assets: amountAssets, scaled },
    index,
  );
  if (input.to !== reserve.identity.aToken) {
    moveUnderlying(step, reserve, reserve.identity.aToken, input.to, amountAssets);
  }
  if (flagged) {
    if (!profile.withdrawClearsFirst && emptied) disableCollateral(step, reserve, account);
    if (market.isBorrowingAny(account)) requireHealthy(step, account, reserve);
  }
  step.emit(market.addresses.pool, "Withdraw", {
    reserve: reserve.identity.underlying,
    user: input.caller,
    to: input.to,
    amount: amountAssets,
  });
}
