import type { Effect } from "../ports/policy.js";
import { actOnLayer } from "../waterfall/act.js";
import type { Draft } from "./draft.js";
import { LayerActionRefusedError, UnsupportedEffectError } from "./errors.js";
import { draftFacts } from "./pool-facts.js";
import type { Transition } from "./transition.js";

/** Runs an operation of a layer's policy on the layer's own state; fund tokens may come and go with it. */
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
  for (const effect of outcome.effects) moveFundTokens(draft, effect, input.layer);
  draft.setWaterfallState(outcome.state);
  return { result: { result: outcome.result }, memo: `${input.layer}: ${input.action}` };
};

/** Between losses only fund tokens move, to or from outside; the pool's own claims are not a layer's to touch. */
function moveFundTokens(draft: Draft, effect: Effect, layer: string): void {
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
    default:
      throw new UnsupportedEffectError(
        draft.pool.id,
        layer,
        effect.kind,
        "between losses a layer may only move tokens of funds",
      );
  }
}
