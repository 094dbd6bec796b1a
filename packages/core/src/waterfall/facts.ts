import type { ClassFacts, FundFacts, PoolFacts } from "../ports/policy.js";
import { deepFreeze, FrozenMap } from "./freeze.js";

/** A class as it stands after effects: totals of its own, holders' shares as a difference to a base. */
class ProjectedClass implements ClassFacts {
  readonly id: string;
  readonly assets: bigint;
  readonly shares: bigint;
  readonly index?: { readonly value: bigint; readonly divisor: bigint };
  readonly marked?: bigint;
  readonly virtual?: { readonly assets: bigint; readonly shares: bigint };
  readonly #base: ClassFacts;
  readonly #moved: ReadonlyMap<string, bigint>;

  constructor(base: ClassFacts, change: ClassChange) {
    const origin = base instanceof ProjectedClass ? base.#base : base;
    let moved: ReadonlyMap<string, bigint> = base instanceof ProjectedClass ? base.#moved : NOTHING_MOVED;
    if (change.holder) {
      const next = new Map(moved);
      next.set(change.holder.account, (next.get(change.holder.account) ?? 0n) + change.holder.shares);
      moved = next;
    }
    this.id = base.id;
    this.assets = change.assets ?? base.assets;
    this.shares = base.shares + (change.holder?.shares ?? 0n);
    if (base.index) {
      this.index = { value: change.index ?? base.index.value, divisor: base.index.divisor };
    }
    const marked = change.marked ?? base.marked;
    if (marked !== undefined) this.marked = marked;
    if (base.virtual) this.virtual = base.virtual;
    this.#base = origin;
    this.#moved = moved;
    Object.freeze(this);
  }

  sharesOf(account: string): bigint {
    return this.#base.sharesOf(account) + (this.#moved.get(account) ?? 0n);
  }
}

const NOTHING_MOVED: ReadonlyMap<string, bigint> = new Map();

/** What one effect changes in a class. */
export interface ClassChange {
  readonly assets?: bigint;
  readonly index?: bigint;
  readonly marked?: bigint;
  /** Signed change of one holder's shares, and of the class's. */
  readonly holder?: { readonly account: string; readonly shares: bigint };
}

/** The same facts with one class changed. */
export function withClass(facts: PoolFacts, id: string, change: ClassChange): PoolFacts {
  return {
    ...facts,
    classes: facts.classes.map((entry) => (entry.id === id ? new ProjectedClass(entry, change) : entry)),
  };
}

/** The same facts with one fund's balance changed. */
export function withFund(facts: PoolFacts, id: string, balance: bigint): PoolFacts {
  const fund = facts.funds.get(id);
  const funds = new Map(facts.funds);
  if (fund) funds.set(id, { ...fund, balance });
  return { ...facts, funds };
}

/** The same facts with some accounts of some groups changed. */
export function withGroups(
  facts: PoolFacts,
  changes: ReadonlyMap<string, ReadonlyMap<string, bigint>>,
): PoolFacts {
  const groups = new Map(facts.groups);
  for (const [id, amounts] of changes) {
    const group = new Map(groups.get(id));
    for (const [account, amount] of amounts) group.set(account, amount);
    groups.set(id, group);
  }
  return { ...facts, groups };
}

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
  return {
    pool: parts.pool ?? "pool",
    asset: parts.asset ?? "asset",
    cash: parts.cash ?? 0n,
    loans: parts.loans ?? 0n,
    reserves: parts.reserves ?? 0n,
    ...(parts.reservesFloor === undefined ? {} : { reservesFloor: parts.reservesFloor }),
    funds: new Map((parts.funds ?? []).map((fund) => [fund.id, fund])),
    classes: (parts.classes ?? []).map(({ holders, ...rest }) => {
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

/** The same facts behind a face that cannot be changed through. */
export function frozenFacts(facts: PoolFacts): PoolFacts {
  const { groups, prices, ...rest } = facts;
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
  if (entry instanceof ProjectedClass) return entry;
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
