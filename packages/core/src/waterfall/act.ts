import type { ActionResult, Effect, PoolFacts } from "../ports/policy.js";
import type { Position } from "../position.js";
import { consult, layerView, type WaterfallOptions } from "./consult.js";
import { applyEffects } from "./effects.js";
import { WaterfallRequestError } from "./errors.js";
import { layerIndex, type Waterfall, type WaterfallState } from "./waterfall.js";

export type ActionOutcome =
  | {
      readonly ok: true;
      readonly state: WaterfallState;
      readonly result: Readonly<Record<string, unknown>>;
      readonly effects: readonly Effect[];
      readonly facts: PoolFacts;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Runs an operation on one layer's own state: a deposit into a stability pool, a bid, a settlement. A refusal
 * is a value and leaves everything as it was.
 *
 * @throws {WaterfallRequestError} unknown layer or action. @throws {PolicyFaultError} as in a run.
 */
export function actOnLayer(
  waterfall: Waterfall,
  state: WaterfallState,
  facts: PoolFacts,
  request: {
    readonly layer: string;
    readonly action: string;
    readonly input: Readonly<Record<string, unknown>>;
    readonly position: Position;
  },
  options: WaterfallOptions = {},
): ActionOutcome {
  const trust = options.trust ?? "checked";
  const index = layerIndex(waterfall, request.layer);
  const layer = waterfall.layers[index];
  if (!layer) throw new WaterfallRequestError(waterfall.definition.id, `it has no layer "${request.layer}"`);
  const actions = layer.policy.actions ?? {};
  const action = Object.hasOwn(actions, request.action) ? actions[request.action] : undefined;
  if (!action) {
    throw new WaterfallRequestError(
      waterfall.definition.id,
      `policy "${layer.policy.id}" of layer "${layer.id}" has no action "${request.action}" (it has: ${
        Object.keys(actions).join(", ") || "none"
      })`,
    );
  }
  const view = layerView(layer, state.layers[index]!, facts, trust);
  const answer: ActionResult<unknown> = consult(layer, trust, () =>
    action.run(view, request.input, request.position),
  );
  if (!answer.ok) return { ok: false, reason: answer.reason };
  const layers = state.layers.slice();
  layers[index] = Object.freeze({ ...layers[index]!, state: answer.state });
  const effects = answer.effects ?? [];
  return {
    ok: true,
    state: Object.freeze({ ...state, layers: Object.freeze(layers) }),
    result: answer.result,
    effects,
    facts: applyEffects(facts, effects, { layer: layer.id, policy: layer.policy.id }),
  };
}
