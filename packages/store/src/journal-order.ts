import type { JournalKey } from "@shortfall/core";

/** Order of journals in lists: by chain, then by market, as text. */
export function byChainAndMarket(a: JournalKey, b: JournalKey): number {
  const [x, y] = a.chain === b.chain ? [a.market, b.market] : [a.chain, b.chain];
  return x < y ? -1 : x > y ? 1 : 0;
}
