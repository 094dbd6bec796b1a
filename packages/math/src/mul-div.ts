import { DivisionByZeroError, OutOfRangeError } from "./errors.js";
import { MAX_UINT256 } from "./range.js";

/*
 * All functions take non-negative operands and keep the full product, however wide. Two families:
 * `mulDiv…` needs only the result to fit uint256 (512-bit intermediate, as in OpenZeppelin Math.mulDiv);
 * `checkedMulDiv…` also needs the product to fit (as `a * b / c` does in Solidity 0.8).
 */

/**
 * floor(a·b/c). Whoever holds the divided side keeps the dust.
 *
 * @throws {DivisionByZeroError} c = 0. @throws {OutOfRangeError} result above uint256.
 */
export function mulDivDown(a: bigint, b: bigint, c: bigint): bigint {
  if (c === 0n) throw new DivisionByZeroError("mulDivDown");
  const result = (a * b) / c;
  if (result > MAX_UINT256) throw new OutOfRangeError("mulDivDown", result, "uint256");
  return result;
}

/**
 * ceil(a·b/c).
 *
 * @throws {DivisionByZeroError} c = 0. @throws {OutOfRangeError} result above uint256.
 */
export function mulDivUp(a: bigint, b: bigint, c: bigint): bigint {
  if (c === 0n) throw new DivisionByZeroError("mulDivUp");
  const result = (a * b + c - 1n) / c;
  if (result > MAX_UINT256) throw new OutOfRangeError("mulDivUp", result, "uint256");
  return result;
}

/**
 * a·b/c rounded to the nearest integer, halves up: (a·b + ⌊c/2⌋)/c, as WadRayMath and PercentageMath do.
 *
 * @throws {DivisionByZeroError} c = 0. @throws {OutOfRangeError} result above uint256.
 */
export function mulDivHalfUp(a: bigint, b: bigint, c: bigint): bigint {
  if (c === 0n) throw new DivisionByZeroError("mulDivHalfUp");
  const result = (a * b + c / 2n) / c;
  if (result > MAX_UINT256) throw new OutOfRangeError("mulDivHalfUp", result, "uint256");
  return result;
}

/**
 * floor(a·b/c) where the product itself must fit uint256.
 *
 * @throws {OutOfRangeError} product above uint256. @throws {DivisionByZeroError} c = 0.
 */
export function checkedMulDivDown(a: bigint, b: bigint, c: bigint): bigint {
  const product = a * b;
  if (product > MAX_UINT256) throw new OutOfRangeError("a·b of checkedMulDivDown", product, "uint256");
  if (c === 0n) throw new DivisionByZeroError("checkedMulDivDown");
  return product / c;
}

/**
 * ceil(a·b/c) in the form (a·b + c − 1)/c, where that numerator must fit uint256 (Morpho MathLib.mulDivUp).
 *
 * @throws {OutOfRangeError} numerator above uint256. @throws {DivisionByZeroError} c = 0.
 */
export function checkedMulDivUp(a: bigint, b: bigint, c: bigint): bigint {
  const numerator = a * b + c - 1n;
  if (numerator > MAX_UINT256)
    throw new OutOfRangeError("a·b + c − 1 of checkedMulDivUp", numerator, "uint256");
  if (c === 0n) throw new DivisionByZeroError("checkedMulDivUp");
  return numerator / c;
}

/**
 * ceil(a/b) for non-negative a and positive b.
 *
 * @throws {DivisionByZeroError} b = 0.
 */
export function divUp(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new DivisionByZeroError("divUp");
  return (a + b - 1n) / b;
}
