import { type ClassFacts, definePolicy, type LayerView } from "@shortfall/core";
import { allocateLargestRemainder, min } from "@shortfall/math";
import * as z from "zod";
import { changeAmounts } from "../pieces/amounts.js";
import { payClaims } from "../pieces/claims.js";
import { identifier } from "../pieces/schema.js";
import { classOf } from "../pieces/shares.js";

const parameters = z.strictObject({
  classes: z
    .array(identifier)
    .default([])
    .describe("Classes that share the loss. All of the pool's where empty."),
});

interface State {
  readonly lost: Readonly<Record<string, bigint>>;
}

type View = LayerView<z.output<typeof parameters>, State>;

/**
 * Several classes share a loss by their claims, whatever their rank (special losses of securitisations,
 * pools that mutualise across markets). Largest remainder, ties to the more senior class; no dust.
 * Recoveries go back by what each lost and has not got back, by the same rule.
 */
export const spread = definePolicy({
  id: "spread",
  version: "1",
  title: "Spread over classes",
  parameters,
  describe: (p) =>
    `${p.classes.length === 0 ? "All classes" : `Classes ${p.classes.map((id) => `"${id}"`).join(", ")}`} share it by their claims.`,
  bearer: () => ({ kind: "class", id: "*" }),
  open: (): State => ({ lost: {} }),
  capacity: (view: View) => sharing(view).reduce((sum, entry) => sum + entry.assets, 0n),
  absorb(view, request) {
    const entries = sharing(view);
    const total = entries.reduce((sum, entry) => sum + entry.assets, 0n);
    const taken = min(request.remaining, total);
    const { parts } = allocateLargestRemainder(
      taken,
      entries.map((entry) => entry.assets),
    );
    const effects = entries.flatMap((entry, at) => {
      const assets = parts[at]!;
      if (assets === 0n) return [];
      return [{ kind: "write-down" as const, class: entry.id, assets }];
    });
    return {
      taken,
      state:
        taken === 0n
          ? view.state
          : {
              lost: changeAmounts(
                view.state.lost,
                entries.map((entry, at) => [entry.id, parts[at]!] as const),
              ),
            },
      effects,
      reason: `${effects.length} classes share it by their claims.`,
    };
  },
  recover(view, offered) {
    const paid = payClaims(view.state.lost, offered);
    return {
      restored: paid.total,
      state: { lost: paid.left },
      effects: paid.parts.map(([id, assets]) => ({ kind: "write-up", class: id, assets })),
      reason: "Writes the classes up by what each lost.",
    };
  },
});

const sharing = (view: View): readonly ClassFacts[] =>
  view.parameters.classes.length === 0
    ? view.pool.classes
    : view.parameters.classes.map((id) => classOf(view, id));
