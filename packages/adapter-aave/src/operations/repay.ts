import { MAX_UINT256, min } from "@shortfall/math";
import { accrue } from "../accrual.js";
import { ZERO_ADDRESS } from "../constants.js";
import { updateRates } from "../rates.js";
import type { Reserve } from "../reserve.js";
import { burnScaled } from "../scaled-token.js";
import type { Step } from "../step.js";
import { pullUnderlying, retireUnderlying } from "../underlying.js";
import { requireHealthy } from "../valuation.js";
import { disableCollateral, logCollateralDisabled } from "./collateral-switch.js";

export interface RepayInput {
  readonly reserve: Reserve;
  readonly caller: string;
  readonly onBehalfOf: string;
  /** The largest integer means the whole debt, or with aTokens all of those. */
  readonly amountAssets: bigint;
  readonly useATokens: boolean;
}

/** Pays a debt back (BorrowLogic.executeRepay). */
export function repay(step: Step, input: RepayInput): void {
  const { reserve, useATokens } = input;
  const { market, profile } = step;
  const { scaling } = profile;
  accrue(step, reserve);
  const account = market.account(input.onBehalfOf);
  const caller = market.account(input.caller);
  const debt = scaling.debt(reserve.debts.get(account), reserve.borrowIndexRay);
  if (input.amountAssets === 0n) step.refuse("InvalidAmount");
  const everything = input.amountAssets === MAX_UINT256;
  step.require(!everything || input.caller === input.onBehalfOf, "NoExplicitAmountToRepayOnBehalf");
  const { active, paused } = reserve.parameters;
  step.require(active, "ReserveInactive");
  step.require(!paused, "ReservePaused");
  if (debt === 0n) step.refuse("NoDebtOfSelectedType");
  const offered =
    useATokens && everything
      ? scaling.claim(reserve.supplies.get(caller), reserve.liquidityIndexRay)
      : input.amountAssets;
  const paid = min(offered, debt);
  const burned = { assets: paid, scaled: scaling.repay(paid, reserve.borrowIndexRay) };
  const emptied = burnScaled(step, reserve, "debt", account, ZERO_ADDRESS, burned, reserve.borrowIndexRay);
  updateRates(step, reserve, useATokens ? 0n : paid, 0n);
  if (profile.borrowingBit === "scaled" ? emptied : paid === debt) {
    market.setBorrowing(account, reserve, false);
  }
  if (useATokens) repayInATokens(step, reserve, caller, paid);
  else {
    pullUnderlying(step, reserve, input.caller, paid);
    settleIssued(step, reserve, account, paid);
  }
  step.emit(market.addresses.pool, "Repay", {
    reserve: reserve.identity.underlying,
    user: input.onBehalfOf,
    repayer: input.caller,
    amount: paid,
    useATokens,
  });
}

function repayInATokens(step: Step, reserve: Reserve, caller: number, paid: bigint): void {
  const { market, profile } = step;
  if (market.isIssued(reserve)) step.refuse("OperationNotSupported");
  const index = reserve.liquidityIndexRay;
  const flagged = market.isCollateral(caller, reserve);
  const burned = { assets: paid, scaled: profile.scaling.withdraw(paid, index) };
  const emptied = burnScaled(step, reserve, "supply", caller, reserve.identity.aToken, burned, index);
  if (emptied && profile.repayFlag !== "never") {
    if (flagged) disableCollateral(step, reserve, caller);
    else if (profile.repayFlag === "always") logCollateralDisabled(step, reserve, caller);
  }
  if (profile.repayHealthCheck && flagged && market.isBorrowingAny(caller)) requireHealthy(step, caller);
}

/**
 * What a repayment of an issued asset does: interest stays in the aToken as income of the treasury, principal
 * is burned (GhoAToken.handleRepayment).
 */
export function settleIssued(step: Step, reserve: Reserve, account: number, paid: bigint): void {
  if (!step.market.isIssued(reserve)) return;
  const unpaid = reserve.unpaidInterest.get(account);
  if (paid <= unpaid) {
    reserve.unpaidInterest.set(account, unpaid - paid);
    return;
  }
  reserve.unpaidInterest.set(account, 0n);
  retireUnderlying(step, reserve, paid - unpaid);
}
