import { projectTotals } from "../blue/accrual.js";
import { toAssetsDown } from "../blue/arithmetic.js";
import type { Market } from "../blue/market.js";

/** Shares that a Vault V2's adapter for Morpho Blue records for a market. */
export interface AdapterPosition {
  readonly market: Market;
  readonly shares: bigint;
}

/** What the adapter reports: each position with interest to `time`, each rounded down. */
export function adapterAssets(positions: Iterable<AdapterPosition>, time: bigint): bigint {
  let sum = 0n;
  for (const { market, shares } of positions) {
    const { totalSupplyAssets, totalSupplyShares } = projectTotals(market, time);
    sum += toAssetsDown(shares, totalSupplyAssets, totalSupplyShares);
  }
  return sum;
}

/** burnShares: the adapter forgets its shares of a market, so that all of it is written off, whatever Morpho says. */
export const burnAdapterShares = (position: AdapterPosition): AdapterPosition => ({
  ...position,
  shares: 0n,
});
