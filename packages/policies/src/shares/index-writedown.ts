import { type ClassFacts, definePolicy, type LayerView } from "@shortfall/core";
import { min } from "@shortfall/math";
import * as z from "zod";
import { type IndexedTotals, indexDelta, indexedAssets, indexRule } from "../pieces/index-rule.js";
import { identifier } from "../pieces/schema.js";
import { classOf, MissingBearerError } from "../pieces/shares.js";

const parameters = z.strictObject({
  class: identifier.describe("A class with an index."),
  rule: indexRule.describe("How the index is rounded."),
  onZero: identifier
    .optional()
    .describe(
      "Word for a class that a loss has emptied, such as `killed`. The layer then takes nothing any more.",
    ),
  clearDust: z
    .boolean()
    .default(false)
    .describe(
      "A loss that finds the class worth less than one unit clears its index, so that the rest is gone for good.",
    ),
});

/**
 * All shares of a class lose value alike because its index falls (Drift, Mango v4, Blend, marginfi).
 *
 * A loss above all the class has sets the index to 0. What the rounding of the index takes beyond the loss, or
 * fails to take, is the effect's dust and stays with the pool. Recoveries raise the index by
 * floor(amount·divisor/shares).
 */
export const indexWritedown = definePolicy({
  id: "index-writedown",
  version: "1",
  title: "Index write-down",
  parameters,
  describe: (p) =>
    `The index of class "${p.class}" falls by the rule ${p.rule}${p.onZero ? `; emptied, the class is ${p.onZero}` : ""}.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: () => ({ emptied: false }),
  capacity: (view) => free(view),
  absorb(view, request) {
    const entry = classOf(view, view.parameters.class);
    const totals = indexedTotals(entry, view.pool.pool);
    const taken = min(request.remaining, free(view));
    const { clearDust, rule } = view.parameters;
    const unclamped = indexDelta(rule, totals, request.remaining);
    const cleared = clearDust && entry.assets === 0n;
    const delta = cleared ? totals.index : taken === 0n ? 0n : min(totals.index, unclamped);
    const emptied = taken > 0n && delta === totals.index;
    const index = totals.index - delta;
    const after = indexedAssets({ ...totals, index });
    return {
      taken,
      state: emptied ? { emptied: true } : view.state,
      effects:
        delta === 0n && taken === 0n
          ? []
          : [
              {
                kind: "write-down",
                class: entry.id,
                assets: taken,
                dust: entry.assets - after - taken,
                index,
              },
            ],
      reason:
        taken === 0n
          ? `Class "${entry.id}" has nothing to lose.`
          : `The index of "${entry.id}" falls by ${delta}.`,
      figures: { indexDelta: delta, unclampedDelta: unclamped, emptied: emptied ? 1n : 0n },
    };
  },
  recover(view, offered) {
    const entry = classOf(view, view.parameters.class);
    const totals = indexedTotals(entry, view.pool.pool);
    if (totals.shares === 0n) {
      return { restored: 0n, state: view.state, effects: [], reason: `Nobody holds "${entry.id}".` };
    }
    const delta = (offered * totals.divisor) / totals.shares;
    const index = totals.index + delta;
    const after = indexedAssets({ ...totals, index });
    return {
      restored: offered,
      state: view.state,
      effects: [
        {
          kind: "write-up",
          class: entry.id,
          assets: offered,
          dust: offered - (after - entry.assets),
          index,
        },
      ],
      reason: `Raises the index of "${entry.id}" by ${delta}.`,
      figures: { indexDelta: delta },
    };
  },
});

type View = LayerView<z.output<typeof parameters>, { readonly emptied: boolean }>;

const free = (view: View): bigint =>
  view.state.emptied && view.parameters.onZero !== undefined
    ? 0n
    : classOf(view, view.parameters.class).assets;

function indexedTotals(entry: ClassFacts, pool: string): IndexedTotals {
  if (!entry.index) throw new MissingBearerError("index of class", entry.id, pool);
  return { index: entry.index.value, divisor: entry.index.divisor, shares: entry.shares };
}
