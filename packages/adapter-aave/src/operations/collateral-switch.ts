import type { Reserve } from "../reserve.js";
import type { Step } from "../step.js";
import { flagLtvBps, requireHealthy } from "../valuation.js";

export function logCollateralEnabled(step: Step, reserve: Reserve, account: number): void {
  step.emit(step.market.addresses.pool, "ReserveUsedAsCollateralEnabled", {
    reserve: reserve.identity.underlying,
    user: step.market.address(account),
  });
}

export function logCollateralDisabled(step: Step, reserve: Reserve, account: number): void {
  step.emit(step.market.addresses.pool, "ReserveUsedAsCollateralDisabled", {
    reserve: reserve.identity.underlying,
    user: step.market.address(account),
  });
}

/** Clears a collateral flag and says so. */
export function disableCollateral(step: Step, reserve: Reserve, account: number): void {
  step.market.setCollateral(account, reserve, false);
  step.effects.touched.add(reserve);
  logCollateralDisabled(step, reserve, account);
}

/** Sets the flag of a first balance, unless its loan-to-value is 0 for that account. */
export function enableOnReceipt(step: Step, reserve: Reserve, account: number): void {
  if (flagLtvBps(step, step.market.categoryOf(account), reserve) === 0n) return;
  step.market.setCollateral(account, reserve, true);
  logCollateralEnabled(step, reserve, account);
}

export interface SwitchInput {
  readonly reserve: Reserve;
  readonly caller: string;
  readonly enabled: boolean;
}

/** Switches a reserve on or off as collateral (SupplyLogic.executeUseReserveAsCollateral). */
export function switchCollateral(step: Step, input: SwitchInput): void {
  const { reserve, enabled } = input;
  const { market, profile } = step;
  const account = market.account(input.caller);
  const { active, paused } = reserve.parameters;
  const empty = reserve.supplies.get(account) === 0n;
  if (profile.switchNeedsBalance) step.require(!empty, "UnderlyingBalanceZero");
  step.require(active, "ReserveInactive");
  step.require(!paused, "ReservePaused");
  if (market.isCollateral(account, reserve) === enabled) return;
  if (!enabled) {
    disableCollateral(step, reserve, account);
    requireHealthy(step, account, reserve);
    return;
  }
  step.require(!empty, "UnderlyingBalanceZero");
  const ltv = flagLtvBps(step, market.categoryOf(account), reserve);
  step.require(ltv !== 0n, profile.zeroLtvError);
  market.setCollateral(account, reserve, true);
  step.effects.touched.add(reserve);
  logCollateralEnabled(step, reserve, account);
}
