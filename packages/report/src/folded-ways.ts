import type { DeficitBearer, DeficitWays } from "./deficit-ways.js";
import { countText } from "./text/amount.js";

/** Nodes of a column that stand by themselves. */
const NAMED = 12;

/** At most twelve markets and twelve bearers by name, the largest; the rest of each is one node and stands last. */
export function foldedWays(all: DeficitWays): DeficitWays {
  const ways = withFewMarkets(all);
  const { kept, rest } = largest(ways.bearers);
  if (rest.length === 0) return ways;
  const [first] = rest;
  const parts = rest.flatMap((bearer) => bearer.parts);
  const others: DeficitBearer = { name: `${countText(rest.length)} others`, amount: sumOf(rest), parts };
  const oneLayer = parts.every(({ layer }) => layer === parts[0]?.layer);
  return {
    ...ways,
    bearers: [...kept, oneLayer && first?.fill ? { ...others, fill: first.fill } : others],
  };
}

function withFewMarkets(ways: DeficitWays): DeficitWays {
  const { kept, rest } = largest(ways.markets);
  if (rest.length === 0) return ways;
  const places = new Map(kept.map((market, k) => [market, k]));
  const place = (market: number): number => {
    const found = ways.markets[market];
    return (found && places.get(found)) ?? kept.length;
  };
  const links = new Map<string, DeficitWays["toLayers"][number]>();
  for (const { from, to, amount } of ways.toLayers) {
    const key = `${place(from)} ${to}`;
    links.set(key, { from: place(from), to, amount: amount + (links.get(key)?.amount ?? 0n) });
  }
  return {
    ...ways,
    markets: [...kept, { name: `${countText(rest.length)} other markets`, amount: sumOf(rest) }],
    toLayers: [...links.values()],
    bearers: ways.bearers.map((bearer) => ({
      ...bearer,
      parts: bearer.parts.map((part) => ({
        ...part,
        market: part.market === undefined ? undefined : place(part.market),
      })),
    })),
  };
}

/** The largest, in the order given, and the others. One more than the limit is not worth a fold. */
function largest<T extends { readonly amount: bigint }>(
  all: readonly T[],
): { kept: readonly T[]; rest: readonly T[] } {
  if (all.length <= NAMED + 1) return { kept: all, rest: [] };
  const ranked = [...all].sort((a, b) => (a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : 0));
  const named = new Set(ranked.slice(0, NAMED));
  return { kept: all.filter((each) => named.has(each)), rest: all.filter((each) => !named.has(each)) };
}

const sumOf = (parts: readonly { readonly amount: bigint }[]): bigint =>
  parts.reduce((sum, { amount }) => sum + amount, 0n);
