import type { ClassFacts, ClassMoment, LossMoment, Waterfall } from "@shortfall/core";
import { allocateLargestRemainder, max } from "@shortfall/math";
import type { WhatIfClass, WhatIfDefinition, WhatIfRule } from "./definition.js";
import { WhatIfDefinitionError } from "./errors.js";
import { claimOf } from "./tally.js";

/** A class of the alternative at one loss: what it claims, and who bears a loss of it. */
export interface BearingClass {
  readonly facts: ClassFacts;
  /** Whether an account belongs to it. */
  has(account: string): boolean;
  readonly accounts: readonly string[];
  /** Shares a loss of the class over its accounts, where it claims `assets` before. Σ parts + dust = loss. */
  split(loss: bigint, assets: bigint): { readonly parts: readonly bigint[]; readonly dust: bigint };
  /** Shares a gain alike. */
  readonly weights: readonly bigint[];
}

/** What the alternative has changed in one pool so far, against the history. */
export interface ClassShifts {
  /** Of a class's claim, by the alternative's class. */
  readonly claims: Map<string, bigint>;
  /** Of an account's claim, by class and account. */
  readonly holders: Map<string, Map<string, bigint>>;
  /** Shares burned by the alternative, by class and account. */
  readonly burned: Map<string, Map<string, bigint>>;
  readonly marked: Map<string, bigint>;
}

export const noShifts = (): ClassShifts => ({
  claims: new Map(),
  holders: new Map(),
  burned: new Map(),
  marked: new Map(),
});

/** Adds to a figure kept by class and account. */
export function shift(
  map: Map<string, Map<string, bigint>>,
  id: string,
  account: string,
  change: bigint,
): void {
  let rows = map.get(id);
  if (rows === undefined) {
    rows = new Map();
    map.set(id, rows);
  }
  rows.set(account, (rows.get(account) ?? 0n) + change);
}

/**
 * The alternative's classes in a pool. A waterfall that names one class is meant for a pool's only one,
 * whatever the protocol calls it.
 *
 * @throws {WhatIfDefinitionError} a class that the pool does not have.
 */
export function planClasses(
  definition: WhatIfDefinition,
  waterfall: Waterfall,
  moment: LossMoment,
): readonly (WhatIfClass & { readonly of: string })[] {
  const known = moment.classes.map(({ id }) => id);
  const only = known.length === 1 ? known[0] : undefined;
  if (definition.classes.length > 0) {
    return definition.classes.map((entry) => {
      const of = entry.of ?? only;
      if (of === undefined || !known.includes(of))
        throw new WhatIfDefinitionError(
          `classes "${entry.id}".of`,
          `a class of pool ${moment.pool}: ${known.join(", ")}`,
          of ?? "nothing",
        );
      return { ...entry, of };
    });
  }
  const named = new Set<string>();
  for (const { policy, parameters } of waterfall.layers) {
    const bearer = policy.bearer(parameters);
    if ((bearer.kind === "class" || bearer.kind === "holder") && bearer.id !== "*") named.add(bearer.id);
  }
  const [first, ...others] = named;
  if (first !== undefined && others.length === 0 && only !== undefined)
    return [{ id: first, of: only, holders: "rest" }];
  const strange = [...named].find((id) => !known.includes(id));
  if (strange !== undefined)
    throw new WhatIfDefinitionError(
      "classes",
      `a class "${strange}" made of holders of ${known.join(", ")}, as a layer names it`,
      "nothing",
    );
  return known.map((id) => ({ id, of: id, holders: "rest" }));
}

/** The classes as a loss finds them after what the alternative changed before it. */
export function bearingClasses(
  plan: readonly (WhatIfClass & { readonly of: string })[],
  moment: LossMoment,
  shifts: ClassShifts,
  rule: WhatIfRule,
): readonly BearingClass[] {
  return plan.map((entry) => {
    const from = moment.classes.find(({ id }) => id === entry.of)!;
    const siblings = plan.filter(({ of }) => of === entry.of);
    const has = membership(entry, siblings);
    const untouched = isUntouched(entry.id, shifts);
    const bearing =
      siblings.length === 1 && untouched
        ? asItWas(entry.id, from, has)
        : rule === "shares"
          ? byShares(entry.id, from, siblings, has, shifts)
          : byAssets(entry.id, from, entry.holders === "rest", has, shifts);
    return entry.indexed ? { ...bearing, facts: indexed(bearing.facts) } : bearing;
  });
}

/** Digits of an index beyond its class's own ratio of assets to shares. */
const INDEX_SCALE = 10n ** 27n;

/** The same claim by an index that gives it exactly. */
function indexed(facts: ClassFacts): ClassFacts {
  if (facts.shares === 0n) return facts;
  return {
    ...facts,
    index: { value: facts.assets * INDEX_SCALE, divisor: facts.shares * INDEX_SCALE },
  };
}

function membership(entry: WhatIfClass, siblings: readonly WhatIfClass[]): (account: string) => boolean {
  if (entry.holders !== "rest") {
    const own = new Set(entry.holders);
    return (account) => own.has(account);
  }
  const others = new Set(siblings.flatMap(({ holders }) => (holders === "rest" ? [] : holders)));
  return (account) => !others.has(account);
}

function isUntouched(id: string, shifts: ClassShifts): boolean {
  const none = (rows: ReadonlyMap<string, bigint> | undefined): boolean =>
    rows === undefined || [...rows.values()].every((change) => change === 0n);
  return (
    (shifts.claims.get(id) ?? 0n) === 0n &&
    (shifts.marked.get(id) ?? 0n) === 0n &&
    none(shifts.holders.get(id)) &&
    none(shifts.burned.get(id))
  );
}

function asItWas(id: string, from: ClassMoment, has: (account: string) => boolean): BearingClass {
  const held = new Map(from.rows.map(({ account, shares }) => [account, shares]));
  return {
    facts: {
      id,
      assets: from.assets,
      shares: from.shares,
      ...(from.virtual === undefined ? {} : { virtual: from.virtual }),
      sharesOf: (account) => held.get(account) ?? 0n,
    },
    has,
    accounts: from.rows.map(({ account }) => account),
    weights: from.rows.map(({ shares }) => shares),
    split: (loss, assets) => from.split(loss, assets),
  };
}

/** Holders keep their shares; the class's claim has moved. */
function byShares(
  id: string,
  from: ClassMoment,
  siblings: readonly WhatIfClass[],
  has: (account: string) => boolean,
  shifts: ClassShifts,
): BearingClass {
  const burned = shifts.burned.get(id);
  const rows = from.rows
    .filter(({ account }) => has(account))
    .map(({ account, shares }) => ({ account, shares: max(0n, shares - (burned?.get(account) ?? 0n)) }));
  const sole = siblings.length === 1;
  const own = sole ? from.assets : partOf(id, from, siblings);
  const assets = max(0n, own + (shifts.claims.get(id) ?? 0n));
  const held = rows.reduce((sum, { shares }) => sum + shares, 0n);
  const protocols = sole && burned === undefined;
  return {
    ...weighted(id, rows, { assets, shares: protocols ? from.shares : held }, shifts),
    has,
    ...(protocols ? { split: (loss: bigint, before: bigint) => from.split(loss, before) } : {}),
  };
}

/** A class's part of the claim that it was cut from, by shares; the first to take the rest gets the rounding. */
function partOf(id: string, from: ClassMoment, siblings: readonly WhatIfClass[]): bigint {
  const weights = siblings.map((entry) => {
    const has = membership(entry, siblings);
    return from.rows.reduce((sum, row) => sum + (has(row.account) ? row.shares : 0n), 0n);
  });
  const at = siblings.findIndex((entry) => entry.id === id);
  if (weights.every((weight) => weight === 0n)) return siblings[at]?.holders === "rest" ? from.assets : 0n;
  return allocateLargestRemainder(from.assets, weights).parts[at]!;
}

/** Holders keep what their movements moved; each one's claim has moved by what came to him. */
function byAssets(
  id: string,
  from: ClassMoment,
  takesRest: boolean,
  has: (account: string) => boolean,
  shifts: ClassShifts,
): BearingClass {
  const moved = shifts.holders.get(id);
  const claims = new Map<string, bigint>();
  let unheld = from.assets;
  for (const { account, shares } of from.rows) {
    const claim = claimOf(from, shares);
    unheld -= claim;
    if (has(account)) claims.set(account, claim);
  }
  for (const [account, change] of moved ?? []) {
    claims.set(account, max(0n, (claims.get(account) ?? 0n) + change));
  }
  const rows = [...claims].map(([account, shares]) => ({ account, shares }));
  const held = rows.reduce((sum, { shares }) => sum + shares, 0n);
  const assets = held + (takesRest ? max(0n, unheld) : 0n);
  return { ...weighted(id, rows, { assets, shares: assets }, shifts), has };
}

function weighted(
  id: string,
  rows: readonly { readonly account: string; readonly shares: bigint }[],
  totals: { readonly assets: bigint; readonly shares: bigint },
  shifts: ClassShifts,
): Omit<BearingClass, "has"> {
  const held = new Map(rows.map(({ account, shares }) => [account, shares]));
  const marked = shifts.marked.get(id) ?? 0n;
  const weights = rows.map(({ shares }) => shares);
  return {
    facts: {
      id,
      ...totals,
      ...(marked === 0n ? {} : { marked }),
      sharesOf: (account) => held.get(account) ?? 0n,
    },
    accounts: rows.map(({ account }) => account),
    weights,
    split: (loss) => splitByWeight(loss, weights),
  };
}

/** By weight, largest remainder; all of it is dust where nobody has any. */
export function splitByWeight(
  amount: bigint,
  weights: readonly bigint[],
): { readonly parts: readonly bigint[]; readonly dust: bigint } {
  return weights.every((weight) => weight === 0n)
    ? { parts: weights.map(() => 0n), dust: amount }
    : allocateLargestRemainder(amount, weights);
}
