import type { HaircutTable, LossMoment, PoolFacts } from "@shortfall/core";
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

/** A market as a loss found it: its figures then, and who held share tokens at the epoch. */
export function lossMoment(pool: Pool, market: Market, epoch: number, facts: PoolFacts): LossMoment {
  const rows = [...market.tokens.holders(epoch)].map(([account, shares]) => ({
    account: pool.accounts.keyOf(account),
    shares,
  }));
  const weights = rows.map(({ shares }) => shares);
  return {
    pool: facts.pool,
    asset: facts.asset,
    cash: facts.cash,
    loans: facts.loans,
    reserves: facts.reserves,
    classes: facts.classes.map(({ id, assets, shares }) => ({
      id,
      assets,
      shares,
      rows,
      split: (loss) =>
        rows.length === 0 ? { parts: [], dust: loss } : allocateLargestRemainder(loss, weights),
    })),
  };
}
