import { OutOfRangeError } from "./errors.js";

export const MAX_UINT256 = (1n << 256n) - 1n;
export const MAX_UINT128 = (1n << 128n) - 1n;
export const MAX_UINT104 = (1n << 104n) - 1n;
export const MAX_UINT64 = (1n << 64n) - 1n;
export const MAX_INT256 = (1n << 255n) - 1n;
export const MIN_INT256 = -(1n << 255n);

/**
 * `value`, if it fits an unsigned integer of `bits` bits.
 *
 * @throws {OutOfRangeError} when negative or too large; `quantity` says what it was.
 */
export function requireUint(value: bigint, bits: number, quantity: string): bigint {
  if (value < 0n || value >> BigInt(bits) !== 0n) throw new OutOfRangeError(quantity, value, `uint${bits}`);
  return value;
}

/**
 * `value`, if it fits uint256. The compare with a constant is the cheap form of the check.
 *
 * @throws {OutOfRangeError}
 */
export function requireUint256(value: bigint, quantity: string): bigint {
  if (value < 0n || value > MAX_UINT256) throw new OutOfRangeError(quantity, value, "uint256");
  return value;
}

/**
 * `value`, if it fits uint128.
 *
 * @throws {OutOfRangeError}
 */
export function requireUint128(value: bigint, quantity: string): bigint {
  if (value < 0n || value > MAX_UINT128) throw new OutOfRangeError(quantity, value, "uint128");
  return value;
}

/** The smaller of two. */
export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
/** The larger of two. */
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** `a − b`, or 0 where that would be negative. */
export const zeroFloorSub = (a: bigint, b: bigint): bigint => (a > b ? a - b : 0n);
/** Absolute value. */
export const abs = (a: bigint): bigint => (a < 0n ? -a : a);
