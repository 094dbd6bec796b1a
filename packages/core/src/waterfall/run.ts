import { min } from "@shortfall/math";
import type { Absorption, LossEffect, PoolFacts, SeizedCollateral } from "../ports/policy.js";
import type { Position } from "../position.js";
import { consult, layerView, type PolicyTrust, requireAmount, type WaterfallOptions } from "./consult.js";
import { applyEffects, effectSum, takeCollateral } from "./effects.js";
import {
  CapacityExceededError,
  EffectSumError,
  NegativeAllocationError,
  OverAllocationError,
  WaterfallRequestError,
} from "./errors.js";
import {
  type LayerState,
  layerIndex,
  type Waterfall,
  type WaterfallLayer,
  type WaterfallState,
} from "./waterfall.js";

/** A loss to be taken. */
export interface WaterfallRequest {
  readonly deficit: string;
  /** Base units of the pool's asset. */
  readonly amount: bigint;
  readonly borrower: string;
  readonly position: Position;
  readonly seized?: readonly SeizedCollateral[];
  /**
   * Starts below this layer: for what it held open (a carry, a mark) and lower layers now take. What they
   * leave stays where it was, and does not count as uncovered a second time.
   */
  readonly after?: string;
}

/** What a layer did with what it was offered. */
export interface LayerOutcome {
  readonly layer: string;
  readonly policy: string;
  readonly offered: bigint;
  readonly taken: bigint;
  readonly effects: readonly LossEffect[];
  readonly reason: string;
  readonly figures: Readonly<Record<string, bigint>>;
  /** The protocol's own name for why it took nothing, where the policy gives one. */
  readonly refusal?: string;
}

export interface WaterfallOutcome {
  /** In loss order, each layer that was reached with something left. */
  readonly layers: readonly LayerOutcome[];
  /** Σ taken. absorbed + uncovered = amount. */
  readonly absorbed: bigint;
  readonly uncovered: bigint;
  readonly state: WaterfallState;
  /** The pool as it stands after all effects. */
  readonly facts: PoolFacts;
  /** Collateral that no layer was given. */
  readonly seized: readonly SeizedCollateral[];
}

/**
 * Runs a loss down the layers: each takes from what the ones before it left, until nothing is left.
 *
 * Pure: returns the effects and the next state, or throws and changes nothing.
 *
 * @throws {WaterfallRequestError} a negative amount or an unknown layer. @throws {PolicyFaultError} its
 * subclasses name the policy that broke a rule.
 */
export function runWaterfall(
  waterfall: Waterfall,
  state: WaterfallState,
  facts: PoolFacts,
  request: WaterfallRequest,
  options: WaterfallOptions = {},
): WaterfallOutcome {
  const trust = options.trust ?? "checked";
  const first = firstLayer(waterfall, request);
  const outcomes: LayerOutcome[] = [];
  const states = state.layers.slice();
  let left = request.amount;
  let pool = facts;
  let seized = heldCollateral(request);
  for (let index = first; index < waterfall.layers.length && left > 0n; index++) {
    const layer = waterfall.layers[index]!;
    const offered = layer.cap === undefined ? left : min(left, layer.cap);
    if (offered === 0n) continue;
    const view = layerView(layer, index, state, pool, trust);
    const loss = {
      deficit: request.deficit,
      remaining: offered,
      total: request.amount,
      borrower: request.borrower,
      position: request.position,
      ...(request.seized
        ? { seized: [...seized].map(([asset, amount]) => Object.freeze({ asset, amount })) }
        : {}),
    };
    if (trust === "checked") Object.freeze(Object.freeze(loss).seized);
    const answer = consult(layer, trust, () => layer.policy.absorb(view, loss));
    requireAbsorption(layer, answer, offered);
    if (trust === "checked") requireCapacity(layer, view, answer.taken, request.position, trust);
    const source = { layer: layer.id, policy: layer.policy.id };
    seized = takeCollateral(seized, answer.effects, source);
    pool = applyEffects(pool, answer.effects, source);
    const before = states[index]!;
    if (answer.taken !== 0n || answer.state !== before.state)
      states[index] = nextLayer(before, answer, trust);
    left -= answer.taken;
    outcomes.push({
      layer: layer.id,
      policy: layer.policy.id,
      offered,
      taken: answer.taken,
      effects: answer.effects,
      reason: answer.reason,
      figures: answer.figures ?? NO_FIGURES,
      ...(answer.refusal === undefined ? {} : { refusal: answer.refusal }),
    });
  }
  return {
    layers: outcomes,
    absorbed: request.amount - left,
    uncovered: left,
    state: Object.freeze({
      layers: Object.freeze(states),
      uncovered: request.after === undefined ? state.uncovered + left : state.uncovered,
      excess: state.excess,
    }),
    facts: pool,
    seized: [...seized].map(([asset, amount]) => ({ asset, amount })),
  };
}

const NO_FIGURES: Readonly<Record<string, bigint>> = Object.freeze({});

function firstLayer(waterfall: Waterfall, request: WaterfallRequest): number {
  const id = waterfall.definition.id;
  if (request.amount < 0n) throw new WaterfallRequestError(id, `the loss is ${request.amount}`);
  for (const part of request.seized ?? []) {
    if (part.amount < 0n)
      throw new WaterfallRequestError(id, `seized collateral "${part.asset}" is ${part.amount}`);
  }
  if (request.after === undefined) return 0;
  const index = layerIndex(waterfall, request.after);
  if (index < 0) throw new WaterfallRequestError(id, `it has no layer "${request.after}" to start below`);
  return index + 1;
}

function heldCollateral(request: WaterfallRequest): ReadonlyMap<string, bigint> {
  const held = new Map<string, bigint>();
  for (const part of request.seized ?? []) held.set(part.asset, (held.get(part.asset) ?? 0n) + part.amount);
  return held;
}

function requireAbsorption(layer: WaterfallLayer, answer: Absorption<unknown>, offered: bigint): void {
  requireAmount(layer, answer?.taken, "what it took");
  if (answer.taken < 0n)
    throw new NegativeAllocationError(layer.id, layer.policy.id, "what it took", answer.taken);
  if (answer.taken > offered) throw new OverAllocationError(layer.id, layer.policy.id, answer.taken, offered);
  const sum = effectSum(answer.effects);
  if (sum !== answer.taken) throw new EffectSumError(layer.id, layer.policy.id, answer.taken, sum);
}

function requireCapacity(
  layer: WaterfallLayer,
  view: ReturnType<typeof layerView>,
  taken: bigint,
  position: Position,
  trust: PolicyTrust,
): void {
  const capacity = consult(layer, trust, () => layer.policy.capacity(view, position));
  if (capacity === "unlimited") return;
  requireAmount(layer, capacity, "its capacity");
  if (taken > capacity) throw new CapacityExceededError(layer.id, layer.policy.id, taken, capacity);
}

function nextLayer(before: LayerState, answer: Absorption<unknown>, trust: PolicyTrust): LayerState {
  const next = { state: answer.state, taken: before.taken + answer.taken, restored: before.restored };
  return trust === "checked" ? Object.freeze(next) : next;
}

/** What each layer could take now, in loss order, its cap included. */
export function layerCapacities(
  waterfall: Waterfall,
  state: WaterfallState,
  facts: PoolFacts,
  position: Position,
  options: WaterfallOptions = {},
): (bigint | "unlimited")[] {
  const trust = options.trust ?? "checked";
  return waterfall.layers.map((layer, index) => {
    const view = layerView(layer, index, state, facts, trust);
    const own = consult(layer, trust, () => layer.policy.capacity(view, position));
    if (layer.cap === undefined) return own;
    return own === "unlimited" ? layer.cap : min(own, layer.cap);
  });
}
