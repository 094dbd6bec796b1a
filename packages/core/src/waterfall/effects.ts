import { assertNever } from "@shortfall/math";
import type { Effect, FundFacts, LossEffect, PoolFacts, RecoveryEffect } from "../ports/policy.js";
import {
  FloorBrokenError,
  IndexMismatchError,
  NegativeAllocationError,
  OverAllocationError,
  UnknownBearerError,
} from "./errors.js";
import { type WorkingClass, WorkingFacts } from "./working-facts.js";

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
  if (effects.length === 0) return 0n;
  // Most layers have one effect; its amount is the sum, without an addition.
  let sum = effectAssets(effects[0]!);
  for (let at = 1; at < effects.length; at++) sum += effectAssets(effects[at]!);
  return sum;
}

/**
 * The pool's facts after a layer's effects, in their order; the facts given stay as they are. Checks what a
 * policy may not break: amounts are not negative, nothing falls below its floor, an index and its class agree.
 *
 * @throws {NegativeAllocationError} {@link FloorBrokenError} {@link UnknownBearerError} {@link IndexMismatchError}
 */
export function applyEffects(
  facts: PoolFacts,
  effects: readonly (LossEffect | RecoveryEffect)[],
  source: EffectSource,
): PoolFacts {
  const working = new WorkingFacts(facts);
  applyInPlace(working, effects, source);
  return working;
}

/** The same on facts that belong to the run. A refusal may leave them half changed: the run throws them away. */
export function applyInPlace(
  facts: WorkingFacts,
  effects: readonly (LossEffect | RecoveryEffect)[],
  source: EffectSource,
): void {
  for (let at = 0; at < effects.length; at++) applyEffect(facts, effects[at]!, source);
}

function applyEffect(facts: WorkingFacts, effect: Effect, source: EffectSource): void {
  requireNonNegative(effect, source);
  switch (effect.kind) {
    case "draw-fund":
      lowerFund(facts, effect.fund, effect.assets, source);
      return;
    case "slash-stake":
      lowerFund(facts, effect.fund, effect.units, source);
      return;
    case "fill-fund":
      raiseFund(facts, effect.fund, effect.assets, source);
      return;
    case "return-stake":
      raiseFund(facts, effect.fund, effect.units, source);
      return;
    case "draw-reserve":
      drawReserve(facts, effect.assets, source);
      return;
    case "fill-reserve":
      facts.reserves += effect.assets;
      return;
    case "write-down":
      moveClass(facts, effect, source);
      return;
    case "write-up":
      moveClass(facts, effect, source);
      return;
    case "burn-shares":
      moveHolder(facts, effect, -1n, source);
      return;
    case "mint-shares":
      moveHolder(facts, effect, 1n, source);
      return;
    case "mark":
    case "unmark":
      moveMark(facts, effect, source);
      return;
    case "charge":
    case "refund":
      moveMember(facts, effect, source);
      return;
    case "carry":
    case "uncarry":
    case "transfer-debt":
    case "sale":
    case "pay":
    case "give-collateral":
      return;
    default:
      assertNever(effect);
  }
}

function findFund(facts: PoolFacts, id: string, source: EffectSource): FundFacts {
  const fund = facts.funds.get(id);
  if (!fund) throw new UnknownBearerError(source.layer, source.policy, `fund "${id}"`);
  return fund;
}

function ownClass(facts: WorkingFacts, id: string, source: EffectSource): WorkingClass {
  const at = facts.classIndex(id);
  if (at < 0) throw new UnknownBearerError(source.layer, source.policy, `class "${id}"`);
  return facts.ownClass(at);
}

function lowerFund(facts: WorkingFacts, id: string, amount: bigint, source: EffectSource): void {
  const fund = findFund(facts, id, source);
  const after = fund.balance - amount;
  const floor = fund.floor ?? 0n;
  if (amount > 0n && after < floor)
    throw new FloorBrokenError(source.layer, source.policy, `fund "${id}"`, after, floor);
  facts.setBalance(fund, after);
}

function raiseFund(facts: WorkingFacts, id: string, amount: bigint, source: EffectSource): void {
  const fund = findFund(facts, id, source);
  facts.setBalance(fund, fund.balance + amount);
}

function drawReserve(facts: WorkingFacts, assets: bigint, source: EffectSource): void {
  const floor = facts.reservesFloor ?? 0n;
  const after = facts.reserves - assets;
  if (floor !== "none" && assets > 0n && after < floor)
    throw new FloorBrokenError(source.layer, source.policy, "the pool's reserves", after, floor);
  facts.reserves = after;
}

function moveClass(
  facts: WorkingFacts,
  effect: Extract<Effect, { kind: "write-down" | "write-up" }>,
  source: EffectSource,
): void {
  const entry = ownClass(facts, effect.class, source);
  const dust = effect.dust ?? 0n;
  // Dust is what the class claims less than it was told, in both directions.
  const assets =
    effect.kind === "write-down" ? entry.assets - effect.assets - dust : entry.assets + effect.assets - dust;
  if (assets < 0n) throw new FloorBrokenError(source.layer, source.policy, `class "${entry.id}"`, assets, 0n);
  requireIndex(entry, effect, assets, source);
  entry.assets = assets;
  if (effect.index !== undefined && entry.index)
    entry.index = { value: effect.index, divisor: entry.index.divisor };
}

/** A class with an index claims what its index says; one without has neither index nor dust to state. */
function requireIndex(
  entry: WorkingClass,
  effect: Extract<Effect, { kind: "write-down" | "write-up" }>,
  assets: bigint,
  source: EffectSource,
): void {
  if (effect.index === undefined && entry.index === undefined && effect.dust === undefined) return;
  const implied =
    entry.index && effect.index !== undefined
      ? (entry.shares * effect.index) / entry.index.divisor
      : effect.kind === "write-down"
        ? entry.assets - effect.assets
        : entry.assets + effect.assets;
  if ((effect.index !== undefined) !== (entry.index !== undefined) || implied !== assets)
    throw new IndexMismatchError(source.layer, source.policy, entry.id, assets, implied);
}

function moveHolder(
  facts: WorkingFacts,
  effect: Extract<Effect, { kind: "burn-shares" | "mint-shares" }>,
  sign: 1n | -1n,
  source: EffectSource,
): void {
  const entry = ownClass(facts, effect.class, source);
  const held = entry.sharesOf(effect.account) + sign * effect.shares;
  if (held < 0n)
    throw new FloorBrokenError(source.layer, source.policy, `the shares of "${effect.account}"`, held, 0n);
  const assets = entry.assets + sign * effect.assets;
  if (assets < 0n || entry.shares + sign * effect.shares < 0n)
    throw new FloorBrokenError(source.layer, source.policy, `class "${entry.id}"`, assets, 0n);
  entry.assets = assets;
  entry.moveShares(effect.account, sign * effect.shares);
}

function moveMark(
  facts: WorkingFacts,
  effect: Extract<Effect, { kind: "mark" | "unmark" }>,
  source: EffectSource,
): void {
  const entry = ownClass(facts, effect.class, source);
  const marked = (entry.marked ?? 0n) + (effect.kind === "mark" ? effect.assets : -effect.assets);
  if (marked < 0n)
    throw new FloorBrokenError(source.layer, source.policy, `the mark on "${entry.id}"`, marked, 0n);
  entry.marked = marked;
}

function moveMember(
  facts: WorkingFacts,
  effect: Extract<Effect, { kind: "charge" | "refund" }>,
  source: EffectSource,
): void {
  const group = facts.groups?.get(effect.group);
  if (!group) throw new UnknownBearerError(source.layer, source.policy, `group "${effect.group}"`);
  const before = group.get(effect.account);
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
  facts.setGroupAmount(effect.group, effect.account, after);
}

function requireNonNegative(effect: Effect, source: EffectSource): void {
  if (effect.kind !== "give-collateral" && effect.assets < 0n)
    refuseNegative(source, `the amount of "${effect.kind}"`, effect.assets);
  switch (effect.kind) {
    case "slash-stake":
    case "return-stake":
      if (effect.units < 0n) refuseNegative(source, `the stake units of "${effect.kind}"`, effect.units);
      return;
    case "burn-shares":
    case "mint-shares":
      if (effect.shares < 0n) refuseNegative(source, `the shares of "${effect.kind}"`, effect.shares);
      return;
    case "write-down":
    case "write-up":
      if (effect.index !== undefined && effect.index < 0n)
        refuseNegative(source, `the index of "${effect.kind}"`, effect.index);
      return;
    case "give-collateral":
      if (effect.amount < 0n) refuseNegative(source, `the collateral of "${effect.kind}"`, effect.amount);
      return;
    default:
      return;
  }
}

function refuseNegative(source: EffectSource, quantity: string, value: bigint): never {
  throw new NegativeAllocationError(source.layer, source.policy, quantity, value);
}

/** Collateral left after effects, by asset. @throws {OverAllocationError} they give more than was seized. */
export function takeCollateral(
  seized: ReadonlyMap<string, bigint>,
  effects: readonly LossEffect[],
  source: EffectSource,
): ReadonlyMap<string, bigint> {
  let left: Map<string, bigint> | undefined;
  for (let at = 0; at < effects.length; at++) {
    const effect = effects[at]!;
    if (effect.kind !== "give-collateral") continue;
    left ??= new Map(seized);
    const held = left.get(effect.asset) ?? 0n;
    if (effect.amount > held) throw new OverAllocationError(source.layer, source.policy, effect.amount, held);
    left.set(effect.asset, held - effect.amount);
  }
  return left ?? seized;
}
