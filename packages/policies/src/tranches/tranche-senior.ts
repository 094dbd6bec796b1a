import {
  type ClassFacts,
  definePolicy,
  type LayerView,
  type LossEffect,
  type RecoveryEffect,
} from "@shortfall/core";
import { min } from "@shortfall/math";
import * as z from "zod";
import { amountAt, changeAmounts } from "../pieces/amounts.js";
import { identifier } from "../pieces/schema.js";

const parameters = z.strictObject({
  protect: z.array(identifier).default([]).describe("Classes that are never charged by this layer."),
  depletion: z
    .enum(["keep", "pop"])
    .default("keep")
    .describe(
      "`keep`: an emptied tranche stays and can be written up. `pop`: a loss equal to or above a tranche removes it; it takes and gets nothing any more (Arcadia).",
    ),
  recovery: z
    .enum(["senior-first", "junior-first"])
    .default("senior-first")
    .describe("Order in which recoveries fill the tranches."),
});
type Parameters = z.output<typeof parameters>;

interface State {
  readonly popped: readonly string[];
  /** Lost and not written up again, by class. */
  readonly lost: Readonly<Record<string, bigint>>;
}

type View = LayerView<Parameters, State>;

/**
 * Senior classes are protected by junior ones: the pool's classes are emptied one after the other, the most
 * junior first, in one layer. No rounding. Recoveries fill the tranches in the stated order, each up to what
 * it lost.
 */
export const trancheSenior = definePolicy({
  id: "tranche-senior",
  version: "1",
  title: "Senior protected by junior tranches",
  parameters,
  describe: (p) =>
    `The pool's tranches lose in turn, the most junior first${
      p.protect.length > 0 ? `; ${p.protect.map((id) => `"${id}"`).join(", ")} never` : ""
    }${p.depletion === "pop" ? "; an emptied tranche is removed" : ""}; recoveries ${p.recovery}.`,
  bearer: () => ({ kind: "class", id: "*" }),
  open: (): State => ({ popped: [], lost: {} }),
  capacity: (view: View) => juniorFirst(view).reduce((sum, entry) => sum + entry.assets, 0n),
  absorb(view, request) {
    let left = request.remaining;
    const effects: LossEffect[] = [];
    const popped = [...view.state.popped];
    const lost: [string, bigint][] = [];
    for (const entry of juniorFirst(view)) {
      if (left === 0n) break;
      const part = min(left, entry.assets);
      if (part === entry.assets && view.parameters.depletion === "pop") popped.push(entry.id);
      if (part === 0n) continue;
      left -= part;
      lost.push([entry.id, part]);
      effects.push({ kind: "write-down", class: entry.id, assets: part });
    }
    return {
      taken: request.remaining - left,
      state: { popped, lost: changeAmounts(view.state.lost, lost) },
      effects,
      reason:
        left === 0n
          ? `Tranches take all of it, up to "${lastClass(effects)}".`
          : `All tranches that may be charged are empty; ${left} is left.`,
    };
  },
  recover(view, offered) {
    let left = offered;
    const effects: RecoveryEffect[] = [];
    const filled: [string, bigint][] = [];
    const entries = juniorFirst(view);
    for (const entry of view.parameters.recovery === "senior-first" ? entries.reverse() : entries) {
      const part = min(left, amountAt(view.state.lost, entry.id));
      if (part === 0n) continue;
      left -= part;
      filled.push([entry.id, -part]);
      effects.push({ kind: "write-up", class: entry.id, assets: part });
    }
    return {
      restored: offered - left,
      state: { ...view.state, lost: changeAmounts(view.state.lost, filled) },
      effects,
      reason: `Writes tranches up, ${view.parameters.recovery}.`,
    };
  },
});

/** Classes that may be charged, the most junior first. */
function juniorFirst(view: View): ClassFacts[] {
  const spared = new Set([...view.parameters.protect, ...view.state.popped]);
  return view.pool.classes.filter((entry) => !spared.has(entry.id)).reverse();
}

function lastClass(effects: readonly LossEffect[]): string {
  const last = effects[effects.length - 1];
  return last?.kind === "write-down" ? last.class : "";
}
