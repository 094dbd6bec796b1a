import { MAX_UINT256 } from "@shortfall/math";
import { DEBT_FRACTION_BITS, DEBT_UNIT, MAX_AMOUNT, MAX_OWED } from "./constants.js";
import { panicOverflow, refuse } from "./refusal.js";

/** `value` as assets or shares. @throws {Refusal} above 112 bits (`TypesLib.toAssets`, `toShares`). */
export function toAmount(value: bigint): bigint {
  return value > MAX_AMOUNT ? refuse("E_AmountTooLargeToEncode") : value;
}

/** `value` as a debt in 2^-31 units. @throws {Refusal} above the largest amount (`TypesLib.toOwed`). */
export function toOwed(value: bigint): bigint {
  return value > MAX_OWED ? refuse("E_DebtAmountTooLargeToEncode") : value;
}

/** A product in checked uint256 arithmetic. @throws {Refusal} `Panic(0x11)`. */
export function product(a: bigint, b: bigint): bigint {
  const result = a * b;
  return result > MAX_UINT256 ? panicOverflow() : result;
}

/** Whole assets that settle a debt, rounded up: the borrower pays the fraction (`Owed.toAssetsUp`). */
export const owedToAssetsUp = (owed: bigint): bigint => (owed + DEBT_UNIT - 1n) >> DEBT_FRACTION_BITS;

/** Assets as a debt, exact. */
export const assetsToOwed = (assets: bigint): bigint => assets << DEBT_FRACTION_BITS;

/** Less than one whole unit of the asset (`Owed.isDust`). */
export const isDust = (owed: bigint): boolean => owed < DEBT_UNIT;
