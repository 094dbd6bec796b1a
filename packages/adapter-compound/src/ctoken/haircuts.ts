import type { HaircutTable } from "@shortfall/core";
import { allocateLargestRemainder } from "@shortfall/math";
import type { Market } from "./market.js";
import type { Pool } from "./pool.js";

/**
 * A loss shared over the holders of a market's share tokens at an epoch: largest remainder, so no dust. Where
 * nobody held any, all of it is dust.
 */
export function impliedHaircut(
  pool: Pool,
  writeOff: string,
  market: Market,
  epoch: number,
  lossAssets: bigint,
): HaircutTable {
  const holders = [...market.tokens.holders(epoch)];
  const weights = holders.map(([, shares]) => shares);
  const parts = holders.length === 0 ? [] : allocateLargestRemainder(lossAssets, weights).parts;
  return {
    writeOff,
    pool: market.token,
    bearer: "shares",
    asset: pool.assetOf(market).commodity,
    absorbed: lossAssets,
    basis: "implied",
    rows: holders.map(([account, shares], index) => ({
      account: pool.accounts.keyOf(account),
      shares,
      loss: parts[index] ?? 0n,
    })),
    dust: holders.length === 0 ? lossAssets : 0n,
    dustOwner: "nobody: no share tokens existed",
  };
}
