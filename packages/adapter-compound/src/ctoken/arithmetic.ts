import { MAX_UINT256, WAD } from "@shortfall/math";
import { panicDivision, panicRange } from "./refusal.js";

/*
 * Solidity 0.8 operators and the few combinations of ExponentialNoError, with their way of failing: products
 * and sums must fit uint256, differences must not be negative, division truncates.
 */

/** a + b. */
export function add(a: bigint, b: bigint): bigint {
  const sum = a + b;
  return sum > MAX_UINT256 ? panicRange() : sum;
}

/** a − b. */
export const subtract = (a: bigint, b: bigint): bigint => (a < b ? panicRange() : a - b);

/** a·b. */
export function multiply(a: bigint, b: bigint): bigint {
  const product = a * b;
  return product > MAX_UINT256 ? panicRange() : product;
}

/** floor(a/b). */
export const divide = (a: bigint, b: bigint): bigint => (b === 0n ? panicDivision() : a / b);

/** floor(a·b/1e18): the product of two mantissas, or of a mantissa and an amount (mul_ScalarTruncate). */
export const wadMul = (a: bigint, b: bigint): bigint => multiply(a, b) / WAD;

/** floor(a·b/1e18) + c (mul_ScalarTruncateAddUInt). */
export const wadMulAdd = (a: bigint, b: bigint, c: bigint): bigint => add(multiply(a, b) / WAD, c);

/** floor(a·1e18/b): an amount, or a mantissa, divided by a mantissa (div_). */
export const wadDiv = (a: bigint, b: bigint): bigint => divide(multiply(a, WAD), b);
