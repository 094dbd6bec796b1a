import { WAD } from "@shortfall/math";
import { add, divide, multiply, subtract, wadMul } from "./arithmetic.js";

/** Kinked interest rate per slot (block or second). All mantissas, 1e18. */
export interface JumpRateModel {
  readonly baseRatePerSlot: bigint;
  readonly multiplierPerSlot: bigint;
  readonly jumpMultiplierPerSlot: bigint;
  readonly kinkWad: bigint;
}

/**
 * borrows/(cash + borrows − reserves) as a mantissa, 0 without borrows; not capped at 1.
 *
 * Mirrors JumpRateModel.utilizationRate of Compound v2: the sum is evaluated from the left, so it panics
 * when reserves exceed cash and borrows.
 */
export function utilisationDown(cash: bigint, borrows: bigint, reserves: bigint): bigint {
  if (borrows === 0n) return 0n;
  return divide(multiply(borrows, WAD), subtract(add(cash, borrows), reserves));
}

/**
 * The same with bad debt counted as borrowed, and capped at 1.
 *
 * Mirrors JumpRateModelV2.utilizationRate of the Venus isolated pools.
 */
export function utilisationWithBadDebtDown(
  cash: bigint,
  borrows: bigint,
  reserves: bigint,
  badDebt: bigint,
): bigint {
  const lent = add(borrows, badDebt);
  if (lent === 0n) return 0n;
  const rate = divide(multiply(lent, WAD), subtract(add(add(cash, borrows), badDebt), reserves));
  return rate > WAD ? WAD : rate;
}

/** Borrow rate per slot at a utilisation, mantissa, every product floored. Mirrors getBorrowRate. */
export function borrowRatePerSlot(model: JumpRateModel, utilisationWad: bigint): bigint {
  if (utilisationWad <= model.kinkWad) {
    return add(wadMul(utilisationWad, model.multiplierPerSlot), model.baseRatePerSlot);
  }
  const normal = add(wadMul(model.kinkWad, model.multiplierPerSlot), model.baseRatePerSlot);
  return add(wadMul(utilisationWad - model.kinkWad, model.jumpMultiplierPerSlot), normal);
}
