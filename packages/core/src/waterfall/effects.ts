import { assertNever } from "@shortfall/math";
import type {
  ClassFacts,
  Effect,
  FundFacts,
  LossEffect,
  PoolFacts,
  RecoveryEffect,
} from "../ports/policy.js";
import {
  FloorBrokenError,
  IndexMismatchError,
  NegativeAllocationError,
  OverAllocationError,
  UnknownBearerError,
} from "./errors.js";
import { withClass, withFund, withGroups } from "./facts.js";

/** Layer and policy that an effect came from, for refusals. */
export interface EffectSource {
  readonly layer: string;
  readonly policy: string;
}

/** Amount of the pool's asset that an effect accounts for. Collateral counts none. */
export const effectAssets = (effect: Effect): bigint =>
  effect.kind === "give-collateral" ? 0n : effect.assets;

/** Σ assets of effects. */
export function effectSum(effects: readonly Effect[]): bigint {
  let sum = 0n;
  for (const effect of effects) sum += effectAssets(effect);
  return sum;
}

/**
 * The pool's facts after a layer's effects, in their order. Checks what a policy may not break: amounts are
 * not negative, nothing falls below its floor, an index and its class agree.
 *
 * @throws {NegativeAllocationError} {@link FloorBrokenError} {@link UnknownBearerError} {@link IndexMismatchError}
 */
export function applyEffects(
  facts: PoolFacts,
  effects: readonly (LossEffect | RecoveryEffect)[],
  source: EffectSource,
): PoolFacts {
  const members: MemberChanges = new Map();
  let next = facts;
  for (const effect of effects) {
    requireNonNegative(effect, source);
    if (effect.kind === "charge" || effect.kind === "refund") moveMember(next, members, effect, source);
    else next = applyEffect(next, effect, source);
  }
  return members.size === 0 ? next : withGroups(next, members);
}

type MemberChanges = Map<string, Map<string, bigint>>;

/** Group members are moved in one batch, as a layer may charge thousands of them. */
function moveMember(
  facts: PoolFacts,
  members: MemberChanges,
  effect: Extract<Effect, { kind: "charge" | "refund" }>,
  source: EffectSource,
): void {
  const group = facts.groups?.get(effect.group);
  if (!group) throw new UnknownBearerError(source.layer, source.policy, `group "${effect.group}"`);
  const changes = members.get(effect.group) ?? new Map<string, bigint>();
  members.set(effect.group, changes);
  const before = changes.get(effect.account) ?? group.get(effect.account);
  if (before === undefined) {
    throw new UnknownBearerError(
      source.layer,
      source.policy,
      `account "${effect.account}" in group "${effect.group}"`,
    );
  }
  const after = effect.kind === "charge" ? before - effect.assets : before + effect.assets;
  if (effect.kind === "charge" && effect.assets > 0n && after < 0n) {
    throw new FloorBrokenError(
      source.layer,
      source.policy,
      `"${effect.account}" of group "${effect.group}"`,
      after,
      0n,
    );
  }
  changes.set(effect.account, after);
}

function applyEffect(
  facts: PoolFacts,
  effect: Exclude<Effect, { kind: "charge" | "refund" }>,
  source: EffectSource,
): PoolFacts {
  switch (effect.kind) {
    case "draw-fund":
      return lowerFund(facts, effect.fund, effect.assets, source);
    case "slash-stake":
      return lowerFund(facts, effect.fund, effect.units, source);
    case "fill-fund":
      return raiseFund(facts, effect.fund, effect.assets, source);
    case "return-stake":
      return raiseFund(facts, effect.fund, effect.units, source);
    case "draw-reserve": {
      const floor = facts.reservesFloor ?? 0n;
      const after = facts.reserves - effect.assets;
      if (floor !== "none" && effect.assets > 0n && after < floor)
        throw new FloorBrokenError(source.layer, source.policy, "the pool's reserves", after, floor);
      return { ...facts, reserves: after };
    }
    case "fill-reserve":
      return { ...facts, reserves: facts.reserves + effect.assets };
    case "write-down":
      return moveClass(facts, effect, -effect.assets - (effect.dust ?? 0n), source);
    case "write-up":
      return moveClass(facts, effect, effect.assets - (effect.dust ?? 0n), source);
    case "burn-shares":
      return moveHolder(facts, effect, -1n, source);
    case "mint-shares":
      return moveHolder(facts, effect, 1n, source);
    case "mark":
    case "unmark": {
      const entry = findClass(facts, effect.class, source);
      const marked = (entry.marked ?? 0n) + (effect.kind === "mark" ? effect.assets : -effect.assets);
      if (marked < 0n)
        throw new FloorBrokenError(source.layer, source.policy, `the mark on "${entry.id}"`, marked, 0n);
      return withClass(facts, entry.id, { marked });
    }
    case "carry":
    case "uncarry":
    case "transfer-debt":
    case "sale":
    case "pay":
    case "give-collateral":
      return facts;
    default:
      return assertNever(effect);
  }
}

function findFund(facts: PoolFacts, id: string, source: EffectSource): FundFacts {
  const fund = facts.funds.get(id);
  if (!fund) throw new UnknownBearerError(source.layer, source.policy, `fund "${id}"`);
  return fund;
}

function findClass(facts: PoolFacts, id: string, source: EffectSource): ClassFacts {
  const entry = facts.classes.find((candidate) => candidate.id === id);
  if (!entry) throw new UnknownBearerError(source.layer, source.policy, `class "${id}"`);
  return entry;
}

function lowerFund(facts: PoolFacts, id: string, amount: bigint, source: EffectSource): PoolFacts {
  const fund = findFund(facts, id, source);
  const after = fund.balance - amount;
  const floor = fund.floor ?? 0n;
  if (amount > 0n && after < floor)
    throw new FloorBrokenError(source.layer, source.policy, `fund "${id}"`, after, floor);
  return withFund(facts, id, after);
}

function raiseFund(facts: PoolFacts, id: string, amount: bigint, source: EffectSource): PoolFacts {
  return withFund(facts, id, findFund(facts, id, source).balance + amount);
}

function moveClass(
  facts: PoolFacts,
  effect: Extract<Effect, { kind: "write-down" | "write-up" }>,
  change: bigint,
  source: EffectSource,
): PoolFacts {
  const entry = findClass(facts, effect.class, source);
  const assets = entry.assets + change;
  if (assets < 0n) throw new FloorBrokenError(source.layer, source.policy, `class "${entry.id}"`, assets, 0n);
  requireIndex(entry, effect, assets, source);
  return withClass(facts, entry.id, {
    assets,
    ...(effect.index === undefined ? {} : { index: effect.index }),
  });
}

/** A class with an index claims what its index says; one without has neither index nor dust to state. */
function requireIndex(
  entry: ClassFacts,
  effect: Extract<Effect, { kind: "write-down" | "write-up" }>,
  assets: bigint,
  source: EffectSource,
): void {
  const implied =
    entry.index && effect.index !== undefined
      ? (entry.shares * effect.index) / entry.index.divisor
      : effect.kind === "write-down"
        ? entry.assets - effect.assets
        : entry.assets + effect.assets;
  const statesIndex = effect.index !== undefined;
  if (statesIndex !== (entry.index !== undefined) || implied !== assets) {
    throw new IndexMismatchError(source.layer, source.policy, entry.id, assets, implied);
  }
}

function moveHolder(
  facts: PoolFacts,
  effect: Extract<Effect, { kind: "burn-shares" | "mint-shares" }>,
  sign: 1n | -1n,
  source: EffectSource,
): PoolFacts {
  const entry = findClass(facts, effect.class, source);
  const held = entry.sharesOf(effect.account) + sign * effect.shares;
  if (held < 0n)
    throw new FloorBrokenError(source.layer, source.policy, `the shares of "${effect.account}"`, held, 0n);
  const assets = entry.assets + sign * effect.assets;
  if (assets < 0n || entry.shares + sign * effect.shares < 0n)
    throw new FloorBrokenError(source.layer, source.policy, `class "${entry.id}"`, assets, 0n);
  return withClass(facts, entry.id, {
    assets,
    holder: { account: effect.account, shares: sign * effect.shares },
  });
}

function requireNonNegative(effect: Effect, source: EffectSource): void {
  const refuse = (quantity: string, value: bigint) => {
    throw new NegativeAllocationError(source.layer, source.policy, quantity, value);
  };
  if (effectAssets(effect) < 0n) refuse(`the amount of "${effect.kind}"`, effectAssets(effect));
  if (effect.kind === "slash-stake" || effect.kind === "return-stake") {
    if (effect.units < 0n) refuse(`the stake units of "${effect.kind}"`, effect.units);
  } else if (effect.kind === "burn-shares" || effect.kind === "mint-shares") {
    if (effect.shares < 0n) refuse(`the shares of "${effect.kind}"`, effect.shares);
  } else if (effect.kind === "write-down" || effect.kind === "write-up") {
    if (effect.index !== undefined && effect.index < 0n)
      refuse(`the index of "${effect.kind}"`, effect.index);
  } else if (effect.kind === "give-collateral") {
    if (effect.amount < 0n) refuse(`the collateral of "${effect.kind}"`, effect.amount);
  }
}

/** Σ collateral given by effects, by asset. @throws {OverAllocationError} more than was seized. */
export function takeCollateral(
  seized: ReadonlyMap<string, bigint>,
  effects: readonly LossEffect[],
  source: EffectSource,
): ReadonlyMap<string, bigint> {
  let left: Map<string, bigint> | undefined;
  for (const effect of effects) {
    if (effect.kind !== "give-collateral") continue;
    left ??= new Map(seized);
    const held = left.get(effect.asset) ?? 0n;
    if (effect.amount > held) throw new OverAllocationError(source.layer, source.policy, effect.amount, held);
    left.set(effect.asset, held - effect.amount);
  }
  return left ?? seized;
}
