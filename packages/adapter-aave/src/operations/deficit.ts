import { min } from "@shortfall/math";
import { accrue } from "../accrual.js";
import { updateRates } from "../rates.js";
import type { Reserve } from "../reserve.js";
import { burnScaled } from "../scaled-token.js";
import type { Step } from "../step.js";
import { pullUnderlying } from "../underlying.js";
import { disableCollateral } from "./collateral-switch.js";
import { settleIssued } from "./repay.js";

export interface CoverInput {
  readonly reserve: Reserve;
  readonly caller: string;
  readonly amountAssets: bigint;
}

/**
 * Burns the caller's aTokens against the deficit (LiquidationLogic.executeEliminateDeficit). No underlying
 * moves, except for issued assets, which are paid in and burned. Returns the amount covered.
 */
export function coverDeficit(step: Step, input: CoverInput): bigint {
  const { reserve } = input;
  const { market, profile } = step;
  const { scaling } = profile;
  step.require(input.caller === market.addresses.umbrella, "CallerNotUmbrella");
  if (input.amountAssets === 0n) step.refuse("InvalidAmount");
  if (reserve.deficitAssets === 0n) step.refuse("ReserveNotInDeficit");
  const account = market.account(input.caller);
  step.require(!market.isBorrowingAny(account), "UserCannotHaveDebt");
  accrue(step, reserve);
  step.require(reserve.parameters.active, "ReserveInactive");
  const covered = min(input.amountAssets, reserve.deficitAssets);
  if (market.isIssued(reserve)) {
    const funds = market.fundsOf(reserve, input.caller);
    if (step.guard && funds !== undefined && funds < covered) step.refuse("NotEnoughAvailableUserBalance");
    pullUnderlying(step, reserve, input.caller, covered);
    settleIssued(step, reserve, account, covered);
  } else {
    const index = reserve.liquidityIndexRay;
    const held = reserve.supplies.get(account);
    const scaled = scaling.withdraw(covered, index);
    const directed = scaling.kind === "directed";
    const enough = directed ? scaled <= held : covered <= scaling.claim(held, index);
    if (!enough) step.refuse("NotEnoughAvailableUserBalance");
    const all = directed ? scaled === held : covered === scaling.claim(held, index);
    if (all && market.isCollateral(account, reserve)) disableCollateral(step, reserve, account);
    const burned = { assets: covered, scaled };
    burnScaled(step, reserve, "supply", account, reserve.identity.aToken, burned, index);
  }
  reserve.deficitAssets -= covered;
  updateRates(step, reserve, 0n, 0n);
  step.effects.covered.push({ reserve, account, amountAssets: covered });
  step.emit(market.addresses.pool, "DeficitCovered", {
    reserve: reserve.identity.underlying,
    caller: input.caller,
    amountCovered: covered,
  });
  return covered;
}
