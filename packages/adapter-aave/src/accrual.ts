import { RAY } from "@shortfall/math";
import {
  addPacked,
  multiply,
  percentMul,
  rayDiv,
  rayDivFloor,
  rayMul,
  rayMulFloor,
  subtract,
} from "./arithmetic.js";
import { SECONDS_PER_YEAR } from "./constants.js";
import type { Profile } from "./profiles.js";
import type { Reserve } from "./reserve.js";
import type { Step } from "./step.js";

/** 1 + rate·dt/year, in ray; floor (MathUtils.calculateLinearInterest). */
export function linearFactorRay(rateRay: bigint, seconds: bigint): bigint {
  return RAY + multiply(rateRay, seconds) / SECONDS_PER_YEAR;
}

/**
 * Approximation of (1 + rate/year)^dt, in ray (MathUtils.calculateCompoundedInterest).
 *
 * Up to 3.3 three terms of the binomial series, from 3.4 three terms of the exponential's Taylor series.
 */
export function compoundFactorRay(
  rateRay: bigint,
  seconds: bigint,
  compounding: Profile["compounding"],
): bigint {
  if (seconds === 0n) return RAY;
  const linear = multiply(rateRay, seconds) / SECONDS_PER_YEAR;
  if (compounding === "taylor") {
    return RAY + linear + rayMul(linear, linear / 2n + rayMul(linear, linear / 6n));
  }
  const less1 = seconds - 1n;
  const less2 = seconds > 2n ? seconds - 2n : 0n;
  const squared = rayMul(rateRay, rateRay) / (SECONDS_PER_YEAR * SECONDS_PER_YEAR);
  const cubed = rayMul(squared, rateRay) / SECONDS_PER_YEAR;
  const second = multiply(seconds * less1, squared) / 2n;
  const third = multiply(seconds * less1 * less2, cubed) / 6n;
  return RAY + linear + second + third;
}

/** Liquidity index as of `now`, without storing it (getNormalizedIncome). */
export function normalizedIncomeRay(reserve: Reserve, now: bigint): bigint {
  if (reserve.updatedAtSeconds === now) return reserve.liquidityIndexRay;
  const seconds = subtract(now, reserve.updatedAtSeconds);
  return rayMul(linearFactorRay(reserve.liquidityRateRay, seconds), reserve.liquidityIndexRay);
}

/** Borrow index as of `now`, without storing it (getNormalizedDebt). Not narrowed, unlike the stored one. */
export function normalizedDebtRay(reserve: Reserve, now: bigint, profile: Profile): bigint {
  if (reserve.updatedAtSeconds === now) return reserve.borrowIndexRay;
  const seconds = subtract(now, reserve.updatedAtSeconds);
  return rayMul(
    compoundFactorRay(reserve.borrowRateRay, seconds, profile.compounding),
    reserve.borrowIndexRay,
  );
}

/**
 * Brings a reserve's indexes, treasury share and clock up to now (ReserveLogic.updateState). Does nothing
 * within the same second. `duplicate` books the treasury share twice.
 */
export function accrue(step: Step, reserve: Reserve, duplicate = false): void {
  step.effects.touched.add(reserve);
  const { profile } = step;
  if (reserve.updatedAtSeconds === step.now) return;
  const seconds = subtract(step.now, reserve.updatedAtSeconds);
  const oldBorrowIndex = reserve.borrowIndexRay;
  let liquidityIndex = reserve.liquidityIndexRay;
  let borrowIndex = oldBorrowIndex;
  if (reserve.liquidityRateRay !== 0n) {
    const factor = linearFactorRay(reserve.liquidityRateRay, seconds);
    liquidityIndex = step.narrow(rayMul(factor, liquidityIndex), 128n);
  }
  const debtScaled = reserve.debtScaled;
  if (debtScaled !== 0n) {
    const factor = compoundFactorRay(reserve.borrowRateRay, seconds, profile.compounding);
    borrowIndex = step.narrow(rayMul(factor, borrowIndex), 128n);
  }
  const share = treasuryShareScaled(step, reserve, oldBorrowIndex, borrowIndex, liquidityIndex);
  let treasury = reserve.treasuryScaled;
  if (share !== 0n) treasury = addPacked(treasury, step.narrow(share, 128n), 128n);
  const duplicateScaled = duplicate ? share : 0n;
  if (duplicateScaled !== 0n) treasury = addPacked(treasury, duplicateScaled, 128n);
  reserve.liquidityIndexRay = liquidityIndex;
  reserve.borrowIndexRay = borrowIndex;
  reserve.treasuryScaled = treasury;
  reserve.updatedAtSeconds = step.now;
  step.effects.accruals.push({
    reserve,
    liquidityIndexRay: liquidityIndex,
    borrowIndexRay: borrowIndex,
    supplyScaled: reserve.supplyScaled,
    debtScaled,
    treasuryScaled: treasury,
    duplicateScaled,
  });
}

/** Reserve-factor share of the interest of this gap, in scaled aToken units (_accrueToTreasury). */
function treasuryShareScaled(
  step: Step,
  reserve: Reserve,
  oldBorrowIndexRay: bigint,
  newBorrowIndexRay: bigint,
  liquidityIndexRay: bigint,
): bigint {
  const { factorBps } = reserve.parameters;
  if (factorBps === 0n) return 0n;
  const debtScaled = reserve.debtScaled;
  if (step.profile.treasuryAccrual === "growth") {
    const growth = rayMulFloor(debtScaled, newBorrowIndexRay - oldBorrowIndexRay);
    const share = percentMul(growth, factorBps);
    return share === 0n ? 0n : rayDivFloor(share, liquidityIndexRay);
  }
  const growth = rayMul(debtScaled, newBorrowIndexRay) - rayMul(debtScaled, oldBorrowIndexRay);
  const share = percentMul(growth, factorBps);
  return share === 0n ? 0n : rayDiv(share, liquidityIndexRay);
}
