import { definePolicy, type LayerView } from "@shortfall/core";
import { min } from "@shortfall/math";
import * as z from "zod";
import { identifier } from "../pieces/schema.js";
import { classOf } from "../pieces/shares.js";

const parameters = z.strictObject({ class: identifier.describe("Class that is the tranche.") });

/**
 * One tranche takes losses up to its balance (MBS and CLO classes, junior backers). Its place among the
 * layers is its seniority: the most junior comes first. No rounding. Recoveries write the balance up again,
 * up to what it lost.
 */
export const tranche = definePolicy({
  id: "tranche",
  version: "1",
  title: "Tranche",
  parameters,
  describe: (p) => `Tranche "${p.class}" loses up to its balance.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: () => ({}),
  capacity: (view: LayerView<z.output<typeof parameters>, object>) =>
    classOf(view, view.parameters.class).assets,
  absorb(view, request) {
    const entry = classOf(view, view.parameters.class);
    const taken = min(request.remaining, entry.assets);
    return {
      taken,
      state: view.state,
      effects: taken === 0n ? [] : [{ kind: "write-down", class: entry.id, assets: taken }],
      reason:
        taken === entry.assets
          ? `Tranche "${entry.id}" loses its whole balance.`
          : `Tranche "${entry.id}" takes all of it.`,
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: view.state,
    effects: [{ kind: "write-up", class: view.parameters.class, assets: offered }],
    reason: `Writes tranche "${view.parameters.class}" up.`,
  }),
});
