import { min } from "@shortfall/math";
import { canonicalJson } from "../journal/canonical.js";
import type { LossEffect } from "../ports/policy.js";
import type { LayerState, WaterfallState } from "../waterfall/waterfall.js";
import type { Draft } from "./draft.js";
import { ProvisionError } from "./errors.js";
import { credit } from "./funds.js";
import type { WriteOffDetail } from "./pool.js";
import { atIndex } from "./share-rule.js";
import type { LedgerContext, Transition } from "./transition.js";
import { lowerProvision, provisionalDetail } from "./write-off.js";

/**
 * Takes a provisional write-off back: every effect is undone by its opposite, so that nothing remains of it
 * but what entered and left in between.
 */
export const reverse: Transition<"reverse"> = (draft, input, context) => {
  const { pool, next } = draft;
  const detail = provisionalDetail(draft, input.deficit, context, "reversed");
  draft.setWaterfallState(stateWithout(draft, detail, context));
  const writtenDown = next.classes.map(() => 0n);
  const layers = [...detail.layers].reverse();
  for (const layer of layers) {
    for (const effect of [...layer.effects].reverse()) {
      if (effect.kind === "write-down") writtenDown[pool.classIndex(effect.class)]! += effect.assets;
      else undo(draft, effect, detail);
    }
  }
  writtenDown.forEach((assets, index) => {
    if (assets > 0n) restoreClass(draft, index, assets, detail);
  });
  next.uncovered -= detail.uncovered;
  next.provision -= detail.assets;
  const borrower = draft.account(detail.borrower);
  draft.afterwards(() => {
    context.deficits.reverse(detail.deficit);
    lowerProvision(draft, borrower, detail.assets);
  });
  return {
    result: { deficit: detail.deficit, assets: detail.assets },
    account: detail.borrower,
    deficit: detail.deficit,
    reverses: detail.sequence,
  };
};

/** An index that has not moved since goes back to exactly where it was; else the claim rises by the amount. */
function restoreClass(draft: Draft, index: number, assets: bigint, detail: WriteOffDetail): void {
  const { shareRule, id } = draft.pool.definition.classes[index]!;
  const state = draft.next.classes[index]!;
  if (state.shares === 0n && shareRule.virtual.shares === 0n)
    throw new ProvisionError(detail.deficit, "reversed", `nobody holds class "${id}" any more`);
  const unmoved = shareRule.divisor > 0n && state.index === detail.after[index]!.index;
  if (unmoved) draft.setClass(index, atIndex(shareRule, state, detail.before[index]!.index), assets);
  else draft.revalueClass(index, assets);
}

function undo(
  draft: Draft,
  effect: Exclude<LossEffect, { kind: "write-down" }>,
  detail: WriteOffDetail,
): void {
  const { pool, next } = draft;
  switch (effect.kind) {
    case "draw-fund":
      draft.cash(-effect.assets);
      draft.moveFund(pool.fundIndex(effect.fund), effect.assets, 0n);
      return;
    case "draw-reserve":
      next.reserves += effect.assets;
      return;
    case "burn-shares": {
      const index = pool.classIndex(effect.class);
      draft.add(pool.books[index]!, draft.account(effect.account), effect.shares);
      draft.moveClass(index, effect.assets, effect.shares);
      return;
    }
    case "carry":
      next.carried -= effect.assets;
      return;
    case "mark":
      next.marked[pool.classIndex(effect.class)]! -= effect.assets;
      next.carried -= effect.assets;
      return;
    case "charge": {
      // What was paid already is owed back.
      const unpaid = min(draft.get(pool.charges, draft.account(effect.account)), effect.assets);
      draft.take(pool.charges, effect.account, unpaid, "charged");
      next.charges -= unpaid;
      if (unpaid < effect.assets) credit(draft, effect.account, effect.assets - unpaid);
      return;
    }
    default:
      throw new ProvisionError(detail.deficit, "reversed", `"${effect.kind}" has left the pool's books`);
  }
}

/** The waterfall's state as if this write-off had not been. */
function stateWithout(draft: Draft, detail: WriteOffDetail, context: LedgerContext): WaterfallState {
  const current = draft.pool.waterfallState;
  const taken = new Map(
    context.deficits.get(detail.deficit).layers.map(({ layer, taken }) => [layer, taken]),
  );
  const layers = current.layers.map((now, index): LayerState => {
    const before = detail.stateBefore.layers[index]!.state;
    const after = detail.stateAfter.layers[index]!.state;
    const { id } = draft.pool.waterfall.layers[index]!;
    const changed = !same(before, after);
    if (changed && !same(now.state, after)) {
      throw new ProvisionError(
        detail.deficit,
        "reversed",
        `layer "${id}" has moved on since. Take later losses back first`,
      );
    }
    return Object.freeze({
      state: changed ? before : now.state,
      taken: now.taken - (taken.get(id) ?? 0n),
      restored: now.restored,
    });
  });
  return Object.freeze({
    layers: Object.freeze(layers),
    uncovered: current.uncovered - detail.uncovered,
    excess: current.excess,
  });
}

/** Policy states are plain data: equal text is equal state. */
const same = (a: unknown, b: unknown): boolean => a === b || canonicalJson(a) === canonicalJson(b);
