import { MAX_UINT256 } from "@shortfall/math";
import { requireVault } from "./refusals.js";

/** What a vault's share price is made of. */
export interface PriceBase {
  readonly totalAssets: bigint;
  readonly totalSupply: bigint;
  /** 10^max(0, 18 − decimals of the asset). */
  readonly virtualShares: bigint;
}

/** Unlike Morpho's, a vault's products may exceed 256 bits; only the result must fit. */
function mulDiv(a: bigint, b: bigint, c: bigint, up: boolean): bigint {
  const product = a * b;
  const result = up ? (product + c - 1n) / c : product / c;
  requireVault(result <= MAX_UINT256, "mulDivOverflow");
  return result;
}

/** Shares for `assets`, down: what a deposit mints. The vault keeps the dust. */
export const sharesDown = (assets: bigint, base: PriceBase): bigint =>
  mulDiv(assets, base.totalSupply + base.virtualShares, base.totalAssets + 1n, false);

/** Shares for `assets`, up: what a withdrawal burns. */
export const sharesUp = (assets: bigint, base: PriceBase): bigint =>
  mulDiv(assets, base.totalSupply + base.virtualShares, base.totalAssets + 1n, true);

/** Assets of `shares`, down: what a redemption pays. */
export const assetsDown = (shares: bigint, base: PriceBase): bigint =>
  mulDiv(shares, base.totalAssets + 1n, base.totalSupply + base.virtualShares, false);

/** Assets of `shares`, up: what a mint costs. */
export const assetsUp = (shares: bigint, base: PriceBase): bigint =>
  mulDiv(shares, base.totalAssets + 1n, base.totalSupply + base.virtualShares, true);
