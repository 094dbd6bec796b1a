import type { Comparison, Fields } from "@shortfall/core";
import type { Market } from "./market.js";
import type { Pool } from "./pool.js";
import { MarketRefusal } from "./refusal.js";
import { borrowBalanceStored, exchangeRateStored } from "./valuation.js";

/** Plain data in the shape of a trace's `state`; integers stay bigint. */
export type Recorded = { readonly [key: string]: unknown };

/** A view's value, or null where it would revert. */
export function viewed<T>(view: () => T): T | null {
  try {
    return view();
  } catch (error) {
    if (error instanceof MarketRefusal) return null;
    throw error;
  }
}

/** Totals of a market in every release of this family. */
export const marketRecord = (market: Market): Recorded => ({
  totalBorrows: market.totalBorrows,
  totalReserves: market.totalReserves,
  totalSupply: market.totalSupply,
  borrowIndex: market.borrowIndex,
  accrualBlockNumber: market.accrualSlot,
  exchangeRate: viewed(() => exchangeRateStored(market)),
  cash: market.cash,
});

/** An account's markets entered and positions; positions that are all zero are absent. */
export function accountRecord(pool: Pool, account: number, liquidity: () => unknown): Recorded {
  const markets: Record<string, unknown> = {};
  for (const market of pool.markets) {
    const position = {
      tokens: market.tokens.get(account),
      borrowPrincipal: market.principal.get(account),
      borrowInterestIndex: market.interestIndex.get(account),
      borrowBalanceStored: viewed(() => borrowBalanceStored(market, account)),
    };
    if (position.tokens !== 0n || position.borrowPrincipal !== 0n || position.borrowInterestIndex !== 0n) {
      markets[market.token] = position;
    }
  }
  return {
    assetsIn: pool.memberships.of(account).map((index) => pool.markets[index]?.token),
    markets,
    liquidity: viewed(liquidity),
  };
}

/**
 * Compares the recorded accounts; in a full snapshot also that accounts which are not in it hold nothing.
 */
export function compareAccounts(
  comparison: Comparison,
  pool: Pool,
  recorded: Fields,
  full: boolean,
  record: (account: number) => Recorded,
): void {
  const seen = new Set<string>();
  for (const key of recorded.keys()) {
    const address = key.toLowerCase();
    seen.add(address);
    comparison.deep(`state.accounts.${address}`, recorded.raw(key), record(pool.accounts.intern(address)));
  }
  if (!full) return;
  for (const address of pool.accounts.keys()) {
    if (seen.has(address)) continue;
    const account = pool.accounts.intern(address);
    const held = pool.markets.some(
      (market) =>
        market.tokens.get(account) !== 0n ||
        market.principal.get(account) !== 0n ||
        market.interestIndex.get(account) !== 0n,
    );
    if (held || pool.memberships.of(account).length > 0) {
      comparison.value(`state.accounts.${address}`, undefined, "a position");
    }
  }
}
