import type { ClassFacts, FundFacts, PoolFacts } from "../ports/policy.js";
import { deepFreeze, FrozenMap } from "./freeze.js";

/** Facts of a pool from plain parts, for tests, cases and callers without a ledger. Missing parts are 0. */
export function poolFacts(parts: {
  readonly pool?: string;
  readonly asset?: string;
  readonly cash?: bigint;
  readonly loans?: bigint;
  readonly reserves?: bigint;
  readonly reservesFloor?: bigint | "none";
  readonly funds?: readonly FundFacts[];
  readonly classes?: readonly (Omit<ClassFacts, "sharesOf"> & {
    readonly holders?: Readonly<Record<string, bigint>>;
  })[];
  readonly groups?: Readonly<Record<string, Readonly<Record<string, bigint>>>>;
  readonly prices?: Readonly<Record<string, bigint>>;
}): PoolFacts {
  const classes = parts.classes ?? [];
  return {
    pool: parts.pool ?? "pool",
    asset: parts.asset ?? "asset",
    cash: parts.cash ?? 0n,
    loans: parts.loans ?? 0n,
    reserves: parts.reserves ?? 0n,
    ...(parts.reservesFloor === undefined ? {} : { reservesFloor: parts.reservesFloor }),
    funds: new Map((parts.funds ?? []).map((fund) => [fund.id, fund])),
    ...(classes.length > SEARCHED_CLASSES ? { classPositions: positionsOf(classes) } : {}),
    classes: classes.map(({ holders, ...rest }) => {
      const rows = new Map(Object.entries(holders ?? {}));
      return { ...rest, sharesOf: (account: string) => rows.get(account) ?? 0n };
    }),
    ...(parts.groups
      ? {
          groups: new Map(
            Object.entries(parts.groups).map(([id, rows]) => [id, new Map(Object.entries(rows))]),
          ),
        }
      : {}),
    ...(parts.prices ? { prices: new Map(Object.entries(parts.prices)) } : {}),
  };
}

/** Up to so many classes a search is quicker than a map. */
export const SEARCHED_CLASSES = 8;

/** Position of each by id; the first of a name counts, as in a search. */
const positionsOf = (classes: readonly { readonly id: string }[]): ReadonlyMap<string, number> =>
  new Map(classes.map(({ id }, at): [string, number] => [id, at]).reverse());

/** The same facts behind a face that cannot be changed through. */
export function frozenFacts(facts: PoolFacts): PoolFacts {
  // A map could be written to; the frozen classes are searched.
  const { groups, prices, classPositions: _lookUp, ...rest } = facts;
  return Object.freeze({
    ...rest,
    funds: new FrozenMap(mapped(facts.funds, (fund) => Object.freeze({ ...fund }))),
    classes: Object.freeze(facts.classes.map(frozenClass)),
    ...(groups ? { groups: new FrozenMap(mapped(groups, (group) => new FrozenMap(group))) } : {}),
    ...(prices ? { prices: new FrozenMap(prices) } : {}),
  });
}

/** A frozen copy, so that the caller's own object stays its own to change. */
function frozenClass(entry: ClassFacts): ClassFacts {
  return Object.freeze({
    id: entry.id,
    assets: entry.assets,
    shares: entry.shares,
    ...(entry.index ? { index: deepFreeze({ ...entry.index }) } : {}),
    ...(entry.marked === undefined ? {} : { marked: entry.marked }),
    ...(entry.virtual ? { virtual: deepFreeze({ ...entry.virtual }) } : {}),
    sharesOf: (account: string) => entry.sharesOf(account),
  });
}

const mapped = <K, A, B>(map: ReadonlyMap<K, A>, change: (value: A) => B): Map<K, B> =>
  new Map([...map].map(([key, value]) => [key, change(value)]));
