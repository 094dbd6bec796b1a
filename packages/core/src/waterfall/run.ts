import { min } from "@shortfall/math";
import type {
  Absorption,
  LayerView,
  LossEffect,
  LossRequest,
  PoolFacts,
  SeizedCollateral,
} from "../ports/policy.js";
import type { Position } from "../position.js";
import {
  absorbChecked,
  absorbTrusted,
  consult,
  layerView,
  type PolicyTrust,
  requireAmount,
  unreimbursed,
  type WaterfallOptions,
} from "./consult.js";
import { applyInPlace, effectSum, takeCollateral } from "./effects.js";
import {
  CapacityExceededError,
  EffectSumError,
  NegativeAllocationError,
  OverAllocationError,
  WaterfallRequestError,
} from "./errors.js";
import { deepFreeze } from "./freeze.js";
import {
  type LayerState,
  layerIndex,
  type Waterfall,
  type WaterfallLayer,
  type WaterfallState,
} from "./waterfall.js";
import { WorkingFacts } from "./working-facts.js";

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
  const checked = trust === "checked";
  const first = firstLayer(waterfall, request);
  const outcomes: LayerOutcome[] = [];
  const states = [...state.layers];
  const pool = new WorkingFacts(facts);
  const question = checked ? undefined : new Question(request, pool);
  let left = request.amount;
  let seized = heldCollateral(request);
  const { layers } = waterfall;
  for (let index = first; index < layers.length && left > 0n; index++) {
    const layer = layers[index]!;
    const offered = layer.cap === undefined || left <= layer.cap ? left : layer.cap;
    if (offered === 0n) continue;
    const before = states[index]!;
    const answer =
      question === undefined
        ? askChecked(layer, before, pool, request, offered, seized)
        : askTrusted(layer, before, question, offered, seized);
    seized = takeCollateral(seized, answer.effects, layer.source);
    applyInPlace(pool, answer.effects, layer.source);
    if (answer.taken !== 0n || answer.state !== before.state)
      states[index] = nextLayer(before, answer, checked);
    left -= answer.taken;
    outcomes.push(layerOutcome(layer, offered, answer));
  }
  return {
    layers: outcomes,
    absorbed: request.amount - left,
    uncovered: left,
    state: nextState(state, states, request.after === undefined ? left : 0n, checked),
    facts: pool,
    seized: seized.size === 0 ? NOTHING_SEIZED : listCollateral(seized),
  };
}

/** Freezing costs more than a short run; a trusted caller does without. */
function nextState(
  before: WaterfallState,
  layers: readonly LayerState[],
  uncovered: bigint,
  checked: boolean,
): WaterfallState {
  const next = { layers, uncovered: before.uncovered + uncovered, excess: before.excess };
  if (!checked) return next;
  Object.freeze(layers);
  return Object.freeze(next);
}

const NO_FIGURES: Readonly<Record<string, bigint>> = Object.freeze({});
const NOTHING_SEIZED: readonly SeizedCollateral[] = Object.freeze([]);
const NO_COLLATERAL: ReadonlyMap<string, bigint> = new Map();

/**
 * What the layers of a trusted run are asked. One object for all of them, as a run is short and policies that
 * passed the conformance suite keep nothing of it: a view and a loss for each layer would be half of what a run
 * allocates.
 */
class Question implements LayerView<unknown, unknown> {
  layer = "";
  parameters: unknown;
  state: unknown;
  unreimbursed = 0n;
  readonly #loss: { -readonly [K in keyof LossRequest]: LossRequest[K] };

  constructor(
    request: WaterfallRequest,
    readonly pool: PoolFacts,
  ) {
    const { deficit, amount: total, borrower, position, seized } = request;
    this.#loss = { deficit, remaining: total, total, borrower, position };
    if (seized !== undefined) this.#loss.seized = seized;
  }

  about(layer: WaterfallLayer, own: LayerState): this {
    this.layer = layer.id;
    this.parameters = layer.parameters;
    this.state = own.state;
    this.unreimbursed = unreimbursed(own);
    return this;
  }

  loss(offered: bigint, seized: ReadonlyMap<string, bigint>): LossRequest {
    this.#loss.remaining = offered;
    if (this.#loss.seized !== undefined) this.#loss.seized = listCollateral(seized);
    return this.#loss;
  }
}

function askTrusted(
  layer: WaterfallLayer,
  own: LayerState,
  question: Question,
  offered: bigint,
  seized: ReadonlyMap<string, bigint>,
): Absorption<unknown> {
  const answer = absorbTrusted(layer, question.about(layer, own), question.loss(offered, seized));
  requireAbsorption(layer, answer, offered);
  return answer;
}

/** Asks a policy under watch, with a view and a loss of its own that are frozen. */
function askChecked(
  layer: WaterfallLayer,
  own: LayerState,
  pool: PoolFacts,
  request: WaterfallRequest,
  offered: bigint,
  seized: ReadonlyMap<string, bigint>,
): Absorption<unknown> {
  const { deficit, amount: total, borrower, position } = request;
  const asked = { deficit, remaining: offered, total, borrower, position };
  const loss: LossRequest =
    request.seized === undefined ? asked : { ...asked, seized: listCollateral(seized) };
  const view = layerView(layer, own, pool, "checked");
  const answer = absorbChecked(layer, view, deepFreeze(loss));
  requireAbsorption(layer, answer, offered);
  requireCapacity(layer, view, answer.taken, position, "checked");
  return answer;
}

const listCollateral = (seized: ReadonlyMap<string, bigint>): SeizedCollateral[] =>
  [...seized].map(([asset, amount]) => ({ asset, amount }));

function layerOutcome(layer: WaterfallLayer, offered: bigint, answer: Absorption<unknown>): LayerOutcome {
  const { taken, effects, reason, refusal } = answer;
  const figures = answer.figures ?? NO_FIGURES;
  const outcome = { layer: layer.id, policy: layer.source.policy, offered, taken, effects, reason, figures };
  return refusal === undefined ? outcome : { ...outcome, refusal };
}

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
  if (request.seized === undefined) return NO_COLLATERAL;
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

function nextLayer(before: LayerState, answer: Absorption<unknown>, checked: boolean): LayerState {
  const next = { state: answer.state, taken: before.taken + answer.taken, restored: before.restored };
  return checked ? Object.freeze(next) : next;
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
    const view = layerView(layer, state.layers[index]!, facts, trust);
    const own = consult(layer, trust, () => layer.policy.capacity(view, position));
    if (layer.cap === undefined) return own;
    return own === "unlimited" ? layer.cap : min(own, layer.cap);
  });
}
