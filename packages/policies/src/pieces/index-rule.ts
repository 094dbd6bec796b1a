import { divUp } from "@shortfall/math";
import * as z from "zod";

/**
 * How much an index falls for a loss. Four protocols, four roundings, four results.
 *
 * `proportional-ceil`: ceil(index·loss/assets), assets rounded down (Drift).
 * `per-share-ceil`: ceil(loss·divisor/shares) (Blend `b_rate`).
 * `per-share-floor`: floor(loss·divisor/shares) (Mango v4).
 * `remainder-floor`: the new index is floor((assets − loss)·divisor/shares) (marginfi share value).
 */
export const indexRule = z.enum([
  "proportional-ceil",
  "per-share-ceil",
  "per-share-floor",
  "remainder-floor",
]);
export type IndexRule = z.output<typeof indexRule>;

export interface IndexedTotals {
  readonly index: bigint;
  /** assets = floor(shares·index/divisor). */
  readonly divisor: bigint;
  readonly shares: bigint;
}

/** Claim of an indexed class, rounded down. */
export const indexedAssets = (totals: IndexedTotals): bigint =>
  (totals.shares * totals.index) / totals.divisor;

/**
 * Fall of the index for a loss, not clamped: it may exceed the index where the rule itself does not guard.
 * 0 where nobody holds shares or they are worth nothing. `remainder-floor` may let the index fall by its own
 * rounding even for a loss of 0, as the contract does.
 */
export function indexDelta(rule: IndexRule, totals: IndexedTotals, loss: bigint): bigint {
  const { index, divisor, shares } = totals;
  const assets = indexedAssets(totals);
  if (shares === 0n) return 0n;
  switch (rule) {
    case "proportional-ceil":
      return assets === 0n ? 0n : divUp(index * loss, assets);
    case "per-share-ceil":
      return divUp(loss * divisor, shares);
    case "per-share-floor":
      return (loss * divisor) / shares;
    case "remainder-floor":
      return index - (assets <= loss ? 0n : ((assets - loss) * divisor) / shares);
  }
}
