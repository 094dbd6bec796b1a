import { mulDivDown, mulDivUp } from "./mul-div.js";

/** Totals of a pool whose share price is assets / shares. */
export interface ShareTotals {
  /** Smallest units of the asset. */
  readonly totalAssets: bigint;
  readonly totalShares: bigint;
}

/**
 * Virtual amounts added to both totals before a conversion. They keep the divisor positive, give an empty
 * pool a price, and make inflating the price of a first deposit cost its author more than it takes
 * (OpenZeppelin ERC-4626, Morpho Blue SharesMathLib). `{ 0, 0 }` is a plain ratio.
 */
export interface VirtualOffset {
  readonly assets: bigint;
  readonly shares: bigint;
}

/**
 * Shares worth `assets`, rounded down: the pool keeps the dust. For deposits and liquidation of a value.
 *
 * @throws {DivisionByZeroError} only when assets and virtual assets are both 0.
 */
export function toSharesDown(assets: bigint, totals: ShareTotals, virtual: VirtualOffset): bigint {
  return mulDivDown(assets, totals.totalShares + virtual.shares, totals.totalAssets + virtual.assets);
}

/** Shares worth `assets`, rounded up: what a withdrawal burns, what a borrow owes. */
export function toSharesUp(assets: bigint, totals: ShareTotals, virtual: VirtualOffset): bigint {
  return mulDivUp(assets, totals.totalShares + virtual.shares, totals.totalAssets + virtual.assets);
}

/** Assets that `shares` redeem for, rounded down: the pool keeps the dust. */
export function toAssetsDown(shares: bigint, totals: ShareTotals, virtual: VirtualOffset): bigint {
  return mulDivDown(shares, totals.totalAssets + virtual.assets, totals.totalShares + virtual.shares);
}

/** Assets owed for `shares`, rounded up: what a mint costs, what a debt is worth. */
export function toAssetsUp(shares: bigint, totals: ShareTotals, virtual: VirtualOffset): bigint {
  return mulDivUp(shares, totals.totalAssets + virtual.assets, totals.totalShares + virtual.shares);
}
