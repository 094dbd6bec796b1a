import type { Effect } from "../ports/policy.js";
import { actOnLayer } from "../waterfall/act.js";
import type { Draft } from "./draft.js";
import { LayerActionRefusedError, UnsupportedEffectError } from "./errors.js";
import { requireTotals } from "./loss-effects.js";
import { draftFacts } from "./pool-facts.js";
import type { Transition } from "./transition.js";

/** Runs an operation of a layer's policy on the layer's own state; fund tokens and marks may move with it. */
export const layerAction: Transition<"layer-action"> = (draft, input, context) => {
  const { pool } = draft;
  const outcome = actOnLayer(
    pool.waterfall,
    pool.waterfallState,
    draftFacts(draft, context, input),
    { layer: input.layer, action: input.action, input: input.input, position: input.at },
    { trust: context.trust },
  );
  if (!outcome.ok) throw new LayerActionRefusedError(pool.id, input.layer, input.action, outcome.reason);
  for (const effect of outcome.effects) moveBetweenLosses(draft, effect, input.layer);
  draft.setWaterfallState(outcome.state);
  return { result: { result: outcome.result }, memo: `${input.layer}: ${input.action}` };
};

/**
 * Between losses only fund tokens move, to or from outside, and marks, which move an exit price and no money.
 * The pool's own claims are not a layer's to touch.
 */
function moveBetweenLosses(draft: Draft, effect: Effect, layer: string): void {
  switch (effect.kind) {
    case "draw-fund":
      draft.moveFund(draft.pool.fundIndex(effect.fund), -effect.assets, 0n);
      return;
    case "slash-stake":
      draft.moveFund(draft.pool.fundIndex(effect.fund), -effect.units, 0n);
      return;
    case "fill-fund":
      draft.moveFund(draft.pool.fundIndex(effect.fund), effect.assets, 0n);
      return;
    case "return-stake":
      draft.moveFund(draft.pool.fundIndex(effect.fund), effect.units, 0n);
      return;
    case "mark":
    case "unmark": {
      const index = draft.pool.classIndex(effect.class);
      requireTotals(draft, index, layer, effect.kind);
      draft.next.marked[index]! += effect.kind === "mark" ? effect.assets : -effect.assets;
      return;
    }
    default:
      throw new UnsupportedEffectError(
        draft.pool.id,
        layer,
        effect.kind,
        "between losses a layer may only move tokens of funds, and marks",
      );
  }
}
