import { BPS, MAX_UINT256, RAY, WAD } from "@shortfall/math";
import { emptyRevert, panicDivision, panicOverflow } from "./refusal.js";

/*
 * The pool's own arithmetic with its own way of failing. The library functions (WadRayMath, PercentageMath,
 * MathUtils.mulDivCeil) revert with empty data when a product leaves uint256, plain operators panic. All
 * operands are unsigned; results fit uint256.
 */

const HALF_RAY = RAY / 2n;
const HALF_BPS = BPS / 2n;

/** a·b/1e27, halves up (WadRayMath.rayMul). */
export function rayMul(a: bigint, b: bigint): bigint {
  const sum = a * b + HALF_RAY;
  return sum > MAX_UINT256 && b !== 0n ? emptyRevert() : sum / RAY;
}

/** floor(a·b/1e27) (WadRayMath.rayMulFloor). */
export function rayMulFloor(a: bigint, b: bigint): bigint {
  const product = a * b;
  return product > MAX_UINT256 ? emptyRevert() : product / RAY;
}

/** ceil(a·b/1e27) (WadRayMath.rayMulCeil). */
export function rayMulCeil(a: bigint, b: bigint): bigint {
  const product = a * b;
  return product > MAX_UINT256 ? emptyRevert() : (product + RAY - 1n) / RAY;
}

/** a·1e27/b, halves up (WadRayMath.rayDiv). */
export function rayDiv(a: bigint, b: bigint): bigint {
  const sum = a * RAY + b / 2n;
  return b === 0n || sum > MAX_UINT256 ? emptyRevert() : sum / b;
}

/** floor(a·1e27/b) (WadRayMath.rayDivFloor). */
export function rayDivFloor(a: bigint, b: bigint): bigint {
  const product = a * RAY;
  return b === 0n || product > MAX_UINT256 ? emptyRevert() : product / b;
}

/** ceil(a·1e27/b) (WadRayMath.rayDivCeil). */
export function rayDivCeil(a: bigint, b: bigint): bigint {
  const product = a * RAY;
  return b === 0n || product > MAX_UINT256 ? emptyRevert() : (product + b - 1n) / b;
}

/** a·1e18/b, halves up (WadRayMath.wadDiv). */
export function wadDiv(a: bigint, b: bigint): bigint {
  const sum = a * WAD + b / 2n;
  return b === 0n || sum > MAX_UINT256 ? emptyRevert() : sum / b;
}

/** value·bps/10000, halves up (PercentageMath.percentMul). */
export function percentMul(value: bigint, bps: bigint): bigint {
  const sum = value * bps + HALF_BPS;
  return sum > MAX_UINT256 && bps !== 0n ? emptyRevert() : sum / BPS;
}

/** floor(value·bps/10000) (PercentageMath.percentMulFloor). */
export function percentMulFloor(value: bigint, bps: bigint): bigint {
  const product = value * bps;
  return product > MAX_UINT256 ? emptyRevert() : product / BPS;
}

/** ceil(value·bps/10000) (PercentageMath.percentMulCeil). */
export function percentMulCeil(value: bigint, bps: bigint): bigint {
  const product = value * bps;
  return product > MAX_UINT256 ? emptyRevert() : (product + BPS - 1n) / BPS;
}

/** value·10000/bps, halves up (PercentageMath.percentDiv). */
export function percentDiv(value: bigint, bps: bigint): bigint {
  const sum = value * BPS + bps / 2n;
  return bps === 0n || sum > MAX_UINT256 ? emptyRevert() : sum / bps;
}

/** floor(value·10000/bps): plain operators in 3.7. */
export function percentDivFloor(value: bigint, bps: bigint): bigint {
  const product = value * BPS;
  return bps === 0n || product > MAX_UINT256 ? emptyRevert() : product / bps;
}

/** ceil(value·10000/bps) (PercentageMath.percentDivCeil). */
export function percentDivCeil(value: bigint, bps: bigint): bigint {
  const product = value * BPS;
  return bps === 0n || product > MAX_UINT256 ? emptyRevert() : (product + bps - 1n) / bps;
}

/** ceil(a·b/c) (MathUtils.mulDivCeil). */
export function mulDivCeil(a: bigint, b: bigint, c: bigint): bigint {
  const product = a * b;
  return c === 0n || product > MAX_UINT256 ? emptyRevert() : (product + c - 1n) / c;
}

/** a + b, checked. */
export function add(a: bigint, b: bigint): bigint {
  const sum = a + b;
  return sum > MAX_UINT256 ? panicOverflow() : sum;
}

/** a − b, checked. */
export function subtract(a: bigint, b: bigint): bigint {
  return a < b ? panicOverflow() : a - b;
}

/** a·b, checked. */
export function multiply(a: bigint, b: bigint): bigint {
  const product = a * b;
  return product > MAX_UINT256 ? panicOverflow() : product;
}

/** floor(a/b), checked. */
export function divide(a: bigint, b: bigint): bigint {
  return b === 0n ? panicDivision() : a / b;
}

/** a + b inside a packed slot of `bits` bits: overflow panics, there is no cast. */
export function addPacked(a: bigint, b: bigint, bits: bigint): bigint {
  const sum = a + b;
  return sum >> bits === 0n ? sum : panicOverflow();
}
