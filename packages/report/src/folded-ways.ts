import type { LayerFill } from "./charts/index.js";
import type { DeficitBearer, DeficitWays } from "./deficit-ways.js";
import { countText } from "./text/amount.js";

/** Nodes of a column that stand by themselves. */
const NAMED = 12;

/** A bearer with where it comes from: one part, or several where bearers were folded into one. */
export interface FoldedBearer {
  readonly name: string;
  readonly amount: bigint;
  /** None where several layers lead to it. */
  readonly fill?: LayerFill;
  readonly from: readonly DeficitBearer[];
}

export interface FoldedWays extends Omit<DeficitWays, "bearers"> {
  readonly bearers: readonly FoldedBearer[];
}

/** At most twelve markets and twelve bearers by name, the largest; the rest of each is one node and stands last. */
export function foldedWays(all: DeficitWays): FoldedWays {
  const ways = withFewMarkets(all);
  const { kept, rest } = largest(ways.bearers);
  const named = kept.map((bearer): FoldedBearer => ({ ...bearer, from: [bearer] }));
  const [first] = rest;
  if (first === undefined) return { ...ways, bearers: named };
  const others = { name: `${countText(rest.length)} others`, amount: sumOf(rest), from: rest };
  const oneLayer = rest.every(({ layer }) => layer === first.layer);
  return { ...ways, bearers: [...named, oneLayer ? { ...others, fill: first.fill } : others] };
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
      market: bearer.market === undefined ? undefined : place(bearer.market),
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
