import { RAY } from "@shortfall/math";
import { accrue, normalizedIncomeRay } from "../accrual.js";
import { add, addPacked, percentMul, percentMulCeil, rayDiv, rayMul, subtract } from "../arithmetic.js";
import { updateRates } from "../rates.js";
import type { Reserve } from "../reserve.js";
import type { Step } from "../step.js";
import { moveUnderlying, pullUnderlying } from "../underlying.js";

/** Premium of a flash loan at the pool's rate. */
export function flashPremium(step: Step, amountAssets: bigint): bigint {
  const bps = step.market.flashPremiumBps;
  return step.profile.flashPremium === "treasury-ceil"
    ? percentMulCeil(amountAssets, bps)
    : percentMul(amountAssets, bps);
}

/** Sends the underlying out. The virtual balance falls with no event of its own. */
export function startFlashLoan(step: Step, reserve: Reserve, receiver: string, amountAssets: bigint): void {
  const { profile } = step;
  const { paused, active, flashLoans } = reserve.parameters;
  step.require(!paused, "ReservePaused");
  step.require(active, "ReserveInactive");
  step.require(flashLoans, "FlashloanDisabled");
  if (step.guard && profile.flashSupplyLimit) {
    const supplied = profile.scaling.claim(reserve.supplyScaled, normalizedIncomeRay(reserve, step.now));
    step.require(supplied >= amountAssets, "InvalidAmount");
  }
  if (profile.rateCash === "virtual") {
    reserve.virtualAssets = subtract(reserve.virtualAssets, step.narrow(amountAssets, 128n));
  }
  reserve.inFlightAssets += amountAssets;
  step.effects.fromOutside(reserve, amountAssets);
  moveUnderlying(step, reserve, reserve.identity.aToken, receiver, amountAssets);
}

export interface FlashEnd {
  readonly reserve: Reserve;
  readonly receiver: string;
  readonly initiator: string;
  readonly amountAssets: bigint;
  readonly premiumAssets: bigint;
}

/** Takes the underlying and the premium back (FlashLoanLogic._handleFlashLoanRepayment). */
export function endFlashLoan(step: Step, end: FlashEnd): void {
  const { reserve, amountAssets, premiumAssets } = end;
  accrue(step, reserve);
  bookPremium(step, reserve, premiumAssets);
  const owed = add(amountAssets, premiumAssets);
  updateRates(step, reserve, owed, 0n);
  reserve.inFlightAssets -= amountAssets;
  step.effects.fromOutside(reserve, -amountAssets);
  pullUnderlying(step, reserve, end.receiver, owed);
  logFlashLoan(step, end, 0n);
}

/** The closing event, also of a loan that became a debt (then with the debt's rate mode and no premium). */
export function logFlashLoan(step: Step, end: FlashEnd, mode: bigint): void {
  step.emit(step.market.addresses.pool, "FlashLoan", {
    target: end.receiver,
    initiator: end.initiator,
    asset: end.reserve.identity.underlying,
    amount: end.amountAssets,
    interestRateMode: mode,
    premium: end.premiumAssets,
    referralCode: 0n,
  });
}

/** Up to 3.3 suppliers get their share through the index; the rest, later all of it, accrues to the treasury. */
function bookPremium(step: Step, reserve: Reserve, premium: bigint): void {
  const { profile, market } = step;
  step.effects.moved(reserve);
  let toTreasury = premium;
  if (profile.flashPremium === "split") {
    toTreasury = percentMul(premium, market.flashPremiumToProtocolBps);
    const index = reserve.liquidityIndexRay;
    const claims = add(
      profile.scaling.claim(reserve.supplyScaled, index),
      rayMul(reserve.treasuryScaled, index),
    );
    const growth = rayDiv((premium - toTreasury) * 10n ** 9n, claims * 10n ** 9n) + RAY;
    reserve.liquidityIndexRay = step.narrow(rayMul(growth, index), 128n);
  }
  const scaled = profile.scaling.supply(toTreasury, reserve.liquidityIndexRay);
  reserve.treasuryScaled = addPacked(reserve.treasuryScaled, step.narrow(scaled, 128n), 128n);
}
