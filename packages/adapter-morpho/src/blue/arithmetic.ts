import {
  checkedMulDivDown,
  checkedMulDivUp,
  MAX_UINT128,
  MAX_UINT256,
  OutOfRangeError,
  WAD,
} from "@shortfall/math";
import { VIRTUAL_ASSETS, VIRTUAL_SHARES } from "./constants.js";
import { MorphoRefusal } from "./errors.js";

/*
 * Solidity's checked arithmetic as Morpho Blue uses it: products must fit 256 bits, packed totals 128. All
 * of it throws before anything is written.
 */

/** A cast to uint128 (UtilsLib.toUint128). @throws {MorphoRefusal} `max uint128 exceeded`. */
export function toUint128(value: bigint): bigint {
  if (value > MAX_UINT128) throw new MorphoRefusal("max uint128 exceeded");
  return value;
}

/** Sum of two packed totals. @throws {OutOfRangeError} a panic in the contract. */
export function addUint128(a: bigint, b: bigint): bigint {
  const sum = a + b;
  if (sum > MAX_UINT128) throw new OutOfRangeError("A packed total", sum, "uint128");
  return sum;
}

/** Sum of two words. @throws {OutOfRangeError} a panic in the contract. */
export function addUint256(a: bigint, b: bigint): bigint {
  const sum = a + b;
  if (sum > MAX_UINT256) throw new OutOfRangeError("A sum", sum, "uint256");
  return sum;
}

/** Difference of unsigned values. @throws {OutOfRangeError} a panic in the contract. */
export function subtract(a: bigint, b: bigint): bigint {
  if (b > a) throw new OutOfRangeError("A difference", a - b, "an unsigned type");
  return a - b;
}

/** Shares worth `assets`, down: the market keeps the dust (SharesMathLib.toSharesDown). */
export const toSharesDown = (assets: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  checkedMulDivDown(assets, totalShares + VIRTUAL_SHARES, totalAssets + VIRTUAL_ASSETS);

/** Shares worth `assets`, up: what a withdrawal burns or a borrow owes (SharesMathLib.toSharesUp). */
export const toSharesUp = (assets: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  checkedMulDivUp(assets, totalShares + VIRTUAL_SHARES, totalAssets + VIRTUAL_ASSETS);

/** Assets of `shares`, down: the market keeps the dust (SharesMathLib.toAssetsDown). */
export const toAssetsDown = (shares: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  checkedMulDivDown(shares, totalAssets + VIRTUAL_ASSETS, totalShares + VIRTUAL_SHARES);

/** Assets of `shares`, up: what a debt is worth (SharesMathLib.toAssetsUp). */
export const toAssetsUp = (shares: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  checkedMulDivUp(shares, totalAssets + VIRTUAL_ASSETS, totalShares + VIRTUAL_SHARES);

/** floor(a·b/1e18), product within 256 bits (MathLib.wMulDown). */
export const wMulDown = (a: bigint, b: bigint): bigint => checkedMulDivDown(a, b, WAD);
/** floor(a·1e18/b), product within 256 bits (MathLib.wDivDown). */
export const wDivDown = (a: bigint, b: bigint): bigint => checkedMulDivDown(a, WAD, b);
/** ceil(a·1e18/b), numerator within 256 bits (MathLib.wDivUp). */
export const wDivUp = (a: bigint, b: bigint): bigint => checkedMulDivUp(a, WAD, b);

/**
 * The first three terms of e^(rate·seconds) − 1 (MathLib.wTaylorCompounded). Far below the exponential for
 * large exponents, as in the contract.
 */
export function compoundedGrowthWad(ratePerSecondWad: bigint, seconds: bigint): bigint {
  const first = ratePerSecondWad * seconds;
  if (first > MAX_UINT256) throw new OutOfRangeError("rate · seconds", first, "uint256");
  const second = checkedMulDivDown(first, first, 2n * WAD);
  const third = checkedMulDivDown(second, first, 3n * WAD);
  return addUint256(addUint256(first, second), third);
}
