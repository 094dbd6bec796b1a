import { type ActionResult, type ClassFacts, definePolicy, type LayerView } from "@shortfall/core";
import { divUp, max, min } from "@shortfall/math";
import * as z from "zod";
import { addClaims, payClaims } from "../pieces/claims.js";
import { fraction, identifier } from "../pieces/schema.js";
import { classOf, groupOf } from "../pieces/shares.js";

const parameters = z.strictObject({
  class: identifier.describe("Class whose holders all lose alike."),
  minimumRate: fraction
    .optional()
    .describe(
      "Assets per share that a loss may not go below: at most assets − ceil(shares·num/den) is taken.",
    ),
  onZero: identifier
    .optional()
    .describe(
      "Word for a class that a loss has emptied: `wiped`, `deprecated`. The layer then takes nothing any more.",
    ),
  recovery: z
    .union([
      z.literal("current-holders"),
      z.strictObject({ snapshot: z.strictObject({ holders: identifier }) }),
    ])
    .default("current-holders")
    .describe(
      "`current-holders`: the class is written up, whoever holds it now. `snapshot`: those who held it at each loss are paid out, by claims kept in the layer; `holders` names the group that lists their shares.",
    ),
});
type Parameters = z.output<typeof parameters>;

interface State {
  readonly emptied: boolean;
  /** Unpaid claims of the holders at each loss, summed over losses. Empty without snapshots. */
  readonly claims: Readonly<Record<string, bigint>>;
}

/**
 * All shares of a class lose value alike because the class's assets fall and its shares do not (Morpho, Euler,
 * Solend, Kamino, Silo).
 *
 * O(1): no holder is touched. A holder's value rounds down, the class keeps the dust. Snapshot claims are cut
 * by largest remainder, ties to the earlier holder, so they sum to the loss.
 */
export const proRata = definePolicy({
  id: "pro-rata",
  version: "1",
  title: "Pro rata",
  parameters,
  describe: (p) =>
    `All holders of class "${p.class}" lose alike${
      p.minimumRate ? `, down to ${p.minimumRate.num}/${p.minimumRate.den} assets per share` : ""
    }${p.onZero ? `; emptied, it is ${p.onZero}` : ""}${
      p.recovery === "current-holders" ? "" : "; recoveries go to those who held it at the loss"
    }.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: (): State => ({ emptied: false, claims: {} }),
  capacity: (view) => free(view),
  absorb(view, request) {
    const entry = classOf(view, view.parameters.class);
    const taken = min(request.remaining, free(view));
    const emptied = taken > 0n && taken === entry.assets;
    return {
      taken,
      state: taken === 0n ? view.state : nextState(view, taken, emptied),
      effects: taken === 0n ? [] : [{ kind: "write-down", class: entry.id, assets: taken }],
      reason:
        taken === 0n
          ? `Class "${entry.id}" has nothing to lose.`
          : emptied
            ? `Class "${entry.id}" loses all it has.`
            : `All shares of "${entry.id}" lose alike.`,
      figures: { emptied: emptied ? 1n : 0n },
    };
  },
  recover(view, offered) {
    if (view.parameters.recovery === "current-holders") {
      return {
        restored: offered,
        state: view.state,
        effects: [{ kind: "write-up", class: view.parameters.class, assets: offered }],
        reason: `Writes class "${view.parameters.class}" up for whoever holds it now.`,
      };
    }
    const paid = payClaims(view.state.claims, offered);
    return {
      restored: paid.total,
      state: { ...view.state, claims: paid.left },
      effects: paid.parts.map(([to, assets]) => ({ kind: "pay", to, assets })),
      reason: `Pays those who held "${view.parameters.class}" at the loss.`,
    };
  },
  actions: {
    claims: {
      title: "What holders at the losses have not been paid.",
      run: (view: View): ActionResult<State> => ({
        ok: true,
        state: view.state,
        result: { claims: view.state.claims },
      }),
    },
  },
});

type View = LayerView<Parameters, State>;

function free(view: View): bigint {
  const entry = classOf(view, view.parameters.class);
  if (view.state.emptied && view.parameters.onZero !== undefined) return 0n;
  const { minimumRate } = view.parameters;
  if (!minimumRate) return entry.assets;
  return max(0n, entry.assets - divUp(entry.shares * minimumRate.num, minimumRate.den));
}

function nextState(view: View, taken: bigint, emptied: boolean): State {
  const { recovery } = view.parameters;
  const claims =
    recovery === "current-holders"
      ? view.state.claims
      : addClaims(view.state.claims, groupOf(view, recovery.snapshot.holders), taken);
  return { emptied: view.state.emptied || emptied, claims };
}

/** Whether a loss leaves a class with nothing (marginfi kills such a bank, even where the loss is 0). */
export const emptiesClass = (entry: ClassFacts, loss: bigint): boolean => entry.assets <= loss;
