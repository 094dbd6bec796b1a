import {
  type ClassFacts,
  definePolicy,
  type LayerView,
  type LossEffect,
  type RecoveryEffect,
} from "@shortfall/core";
import { min } from "@shortfall/math";
import * as z from "zod";
import { amount, identifier } from "../pieces/schema.js";
import { classOf } from "../pieces/shares.js";

const parameters = z.strictObject({
  claims: z
    .array(z.strictObject({ class: identifier, claim: amount }))
    .describe("Senior first. Each is worth min(its claim, what more senior ones leave)."),
  residual: identifier.describe("Class that is worth what is left after all claims."),
});

type View = LayerView<z.output<typeof parameters>, object>;

/**
 * Fixed claims are served senior first and a residual class owns the rest (Tinlake, BarnBridge). A loss lowers
 * the residual first because its claim is last, a gain fills the seniors first for the same reason. No
 * rounding. The residual owns gains beyond every loss, so recoveries never exceed its claim.
 */
export const claimTranches = definePolicy({
  id: "claim-tranches",
  version: "1",
  title: "Fixed claims and a residual",
  parameters,
  describe: (p) =>
    `${p.claims.map((entry) => `"${entry.class}" claims ${entry.claim}`).join(", then ")}; "${p.residual}" owns the rest.`,
  bearer: (p) => ({ kind: "class", id: p.residual }),
  open: () => ({}),
  capacity: (view: View) => total(entriesOf(view)),
  absorb(view, request) {
    const entries = entriesOf(view);
    const taken = min(request.remaining, total(entries));
    const after = splitByClaims(claimsOf(view), total(entries) - taken);
    const effects: LossEffect[] = [];
    let moved = 0n;
    // Junior first, so that a class that already held less than its share does not need more than it has.
    for (let at = entries.length - 1; at >= 0; at--) {
      const part = min(
        entries[at]!.assets > after[at]! ? entries[at]!.assets - after[at]! : 0n,
        taken - moved,
      );
      moved += part;
      if (part > 0n) effects.push({ kind: "write-down", class: entries[at]!.id, assets: part });
    }
    return {
      taken: moved,
      state: view.state,
      effects,
      reason: "The residual class loses first, then claims from the most junior up.",
    };
  },
  claim: () => EVERYTHING,
  recover(view, offered) {
    const entries = entriesOf(view);
    const after = splitByClaims(claimsOf(view), total(entries) + offered);
    const effects: RecoveryEffect[] = [];
    let moved = 0n;
    entries.forEach((entry, at) => {
      const part = min(after[at]! > entry.assets ? after[at]! - entry.assets : 0n, offered - moved);
      moved += part;
      if (part > 0n) effects.push({ kind: "write-up", class: entry.id, assets: part });
    });
    return {
      restored: moved,
      state: view.state,
      effects,
      reason: "Claims are filled senior first, the residual class owns the rest.",
    };
  },
});

/** A residual owner's claim has no end. */
const EVERYTHING = 1n << 256n;

/** Worth of each claim, senior first, then of the residual: min(claim, what is left). */
export function splitByClaims(claims: readonly bigint[], assets: bigint): bigint[] {
  let left = assets;
  const parts = claims.map((claim) => {
    const part = min(claim, left);
    left -= part;
    return part;
  });
  return [...parts, left];
}

const claimsOf = (view: View): bigint[] => view.parameters.claims.map((entry) => entry.claim);

/** Classes senior first, the residual last. */
const entriesOf = (view: View): ClassFacts[] =>
  [...view.parameters.claims.map((entry) => entry.class), view.parameters.residual].map((id) =>
    classOf(view, id),
  );

const total = (entries: readonly ClassFacts[]): bigint =>
  entries.reduce((sum, entry) => sum + entry.assets, 0n);
