import { allocateLargestRemainder, min } from "@shortfall/math";
import type { LayerView, PoolFacts, RecoveryEffect, RecoveryOrder, Restoration } from "../ports/policy.js";
import type { Position } from "../position.js";
import { consult, layerView, requireAmount, type WaterfallOptions } from "./consult.js";
import { UNCOVERED } from "./definition.js";
import { applyInPlace, effectSum } from "./effects.js";
import {
  EffectSumError,
  NegativeAllocationError,
  OverAllocationError,
  WaterfallRequestError,
} from "./errors.js";
import { layerIndex, type Waterfall, type WaterfallLayer, type WaterfallState } from "./waterfall.js";
import { WorkingFacts } from "./working-facts.js";

/** Money that came back on losses taken before. */
export interface RecoveryRequest {
  /** Base units of the pool's asset. */
  readonly amount: bigint;
  readonly position: Position;
  /**
   * Most that each layer (in loss order) and the uncovered part may get, for a recovery of one deficit.
   * What is unreimbursed over all deficits where absent.
   */
  readonly outstanding?: { readonly layers: readonly bigint[]; readonly uncovered: bigint };
  /** Instead of the waterfall's own order. */
  readonly order?: RecoveryOrder;
}

/** What one slot got back. */
export interface SlotOutcome {
  /** A layer's id, or `uncovered`. */
  readonly slot: string;
  /** Position of the layer, or -1. */
  readonly layer: number;
  readonly restored: bigint;
  readonly effects: readonly RecoveryEffect[];
  readonly reason: string;
  readonly figures: Readonly<Record<string, bigint>>;
}

export interface RecoveryOutcome {
  /** In the order paid; slots that got nothing are left out. */
  readonly slots: readonly SlotOutcome[];
  /** Σ restored by layers. restored + uncovered + excess = amount. */
  readonly restored: bigint;
  /** What went to the uncovered part. */
  readonly uncovered: bigint;
  /** What nobody had lost. */
  readonly excess: bigint;
  readonly state: WaterfallState;
  readonly facts: PoolFacts;
}

/** Slot of the uncovered part among layer positions. */
const UNCOVERED_SLOT = -1;

/**
 * Shares a recovery among those who bore the losses, by the waterfall's order. No slot gets more than it is
 * due; what nobody is due is the excess.
 *
 * Pure: returns the effects and the next state, or throws and changes nothing.
 *
 * @throws {WaterfallRequestError} a negative amount. @throws {PolicyFaultError} as in a run.
 */
export function recoverThroughWaterfall(
  waterfall: Waterfall,
  state: WaterfallState,
  facts: PoolFacts,
  request: RecoveryRequest,
  options: WaterfallOptions = {},
): RecoveryOutcome {
  if (request.amount < 0n)
    throw new WaterfallRequestError(waterfall.definition.id, `the recovery is ${request.amount}`);
  const trust = options.trust ?? "checked";
  const order = request.order ?? waterfall.recovery;
  const slots = recoverySlots(waterfall, order, facts);
  const capped = order === "pro-rata";
  const claims = slots.map((slot) => slotClaim(waterfall, slot, state, facts, request, trust, capped));
  const outcomes: SlotOutcome[] = [];
  const states = state.layers.slice();
  const pool = new WorkingFacts(facts);
  let left = request.amount;
  let uncovered = 0n;
  const offers = capped ? proRata(request.amount, claims) : undefined;
  slots.forEach((slot, at) => {
    const offered = min(left, offers ? offers[at]! : claims[at]!);
    if (offered === 0n) return;
    if (slot === UNCOVERED_SLOT) {
      uncovered = offered;
      left -= offered;
      outcomes.push({
        slot: UNCOVERED,
        layer: slot,
        restored: offered,
        effects: [],
        reason: "Pays what no layer had taken.",
        figures: {},
      });
      return;
    }
    const layer = waterfall.layers[slot]!;
    const view = layerView(layer, states[slot]!, pool, trust);
    const answer = restore(layer, view, offered, request.position, trust);
    if (!answer) return;
    applyInPlace(pool, answer.effects, { layer: layer.id, policy: layer.policy.id });
    const before = states[slot]!;
    states[slot] = Object.freeze({
      state: answer.state,
      taken: before.taken,
      restored: before.restored + answer.restored,
    });
    left -= answer.restored;
    if (answer.restored > 0n) {
      outcomes.push({
        slot: layer.id,
        layer: slot,
        restored: answer.restored,
        effects: answer.effects,
        reason: answer.reason,
        figures: answer.figures ?? {},
      });
    }
  });
  return {
    slots: outcomes,
    restored: request.amount - left - uncovered,
    uncovered,
    excess: left,
    state: Object.freeze({
      layers: Object.freeze(states),
      uncovered: state.uncovered - uncovered,
      excess: state.excess + left,
    }),
    facts: pool,
  };
}

function restore(
  layer: WaterfallLayer,
  view: LayerView<unknown, unknown>,
  offered: bigint,
  position: Position,
  trust: "checked" | "fast",
): Restoration<unknown> | undefined {
  if (!layer.policy.recover) return undefined;
  const answer = consult(layer, trust, () => layer.policy.recover?.(view, offered, position));
  if (!answer) return undefined;
  requireAmount(layer, answer.restored, "what it gave back");
  if (answer.restored < 0n)
    throw new NegativeAllocationError(layer.id, layer.policy.id, "what it gave back", answer.restored);
  if (answer.restored > offered)
    throw new OverAllocationError(layer.id, layer.policy.id, answer.restored, offered);
  const sum = effectSum(answer.effects);
  if (sum !== answer.restored) throw new EffectSumError(layer.id, layer.policy.id, answer.restored, sum);
  return answer;
}

function slotClaim(
  waterfall: Waterfall,
  slot: number,
  state: WaterfallState,
  facts: PoolFacts,
  request: RecoveryRequest,
  trust: "checked" | "fast",
  /** Shared by what was lost: a claim that has grown beyond it does not crowd the others out. */
  capped: boolean,
): bigint {
  if (slot === UNCOVERED_SLOT) return min(state.uncovered, request.outstanding?.uncovered ?? state.uncovered);
  const layer = waterfall.layers[slot]!;
  if (!layer.policy.recover) return 0n;
  const view = layerView(layer, state.layers[slot]!, facts, trust);
  const claim = layer.policy.claim
    ? consult(layer, trust, () => layer.policy.claim?.(view, request.position) ?? 0n)
    : view.unreimbursed;
  if (claim < 0n) throw new NegativeAllocationError(layer.id, layer.policy.id, "its claim", claim);
  const due = capped ? min(claim, view.unreimbursed) : claim;
  return min(due, request.outstanding?.layers[slot] ?? due);
}

/** Each slot's part of the recovery, by claim, largest remainder, ties to the earlier slot. */
function proRata(amount: bigint, claims: readonly bigint[]): readonly bigint[] {
  const due = claims.reduce((sum, claim) => sum + claim, 0n);
  return allocateLargestRemainder(min(amount, due), claims).parts;
}

/** Slots in the order they are paid: layer positions, -1 for the uncovered part. */
export function recoverySlots(waterfall: Waterfall, order: RecoveryOrder, facts: PoolFacts): number[] {
  const inLossOrder = [...waterfall.layers.keys(), UNCOVERED_SLOT];
  if (typeof order !== "string")
    return order.map((slot) => (slot === UNCOVERED ? UNCOVERED_SLOT : layerIndex(waterfall, slot)));
  switch (order) {
    case "same-order":
    case "pro-rata":
      return inLossOrder;
    case "reverse-order":
      return inLossOrder.reverse();
    case "senior-first":
      return seniorFirst(waterfall, facts);
    case "junior-first":
      return seniorFirst(waterfall, facts).reverse();
  }
}

function seniorFirst(waterfall: Waterfall, facts: PoolFacts): number[] {
  const rank = (slot: number): number => {
    const layer = waterfall.layers[slot]!;
    const bearer = layer.policy.bearer(layer.parameters);
    const at =
      bearer.kind === "class" || bearer.kind === "holder"
        ? facts.classes.findIndex((entry) => entry.id === bearer.id)
        : -1;
    return at < 0 ? facts.classes.length : at;
  };
  const ranks = [...waterfall.layers.keys()].map(rank);
  return [UNCOVERED_SLOT, ...[...waterfall.layers.keys()].sort((a, b) => ranks[a]! - ranks[b]! || b - a)];
}
