import { type ActionResult, definePolicy, type LayerView } from "@shortfall/core";
import { min, WAD } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount } from "../pieces/input.js";
import { amount, identifier } from "../pieces/schema.js";
import { classOf } from "../pieces/shares.js";

const parameters = z.strictObject({
  class: identifier.describe("Class of claims that are redeemed after maturity."),
  collected: amount.describe("Collected from borrowers."),
  claims: amount.describe("Σ face value of the claims."),
  parTolerance: amount
    .default(10_000n)
    .describe("Claims above cash by no more than this are still paid at par."),
});

interface State {
  readonly cash: bigint;
  readonly claims: bigint;
  /** Owed by borrowers and not collected. */
  readonly exposure: bigint;
  /** Paid per unit of claim, 1e18 = par. 0 while unset. */
  readonly rateWad: bigint;
}

type View = LayerView<z.output<typeof parameters>, State>;

/**
 * Claims are cut when they are redeemed, by a ratio fixed at the first redemption that finds too little cash
 * (Term Finance): floor(cash·1e18/(cash + exposure)). A payment is floor(ratio·value/1e18), at most the cash;
 * the last, tiny claim may fall back to par within the tolerance. With nothing collected the ratio stays unset
 * and each claim is burned for 0.
 *
 * The loss a layer takes is exposure that will not be collected: it marks the class, redemptions realise it.
 */
export const redemptionHaircut = definePolicy({
  id: "redemption-haircut",
  version: "1",
  title: "Haircut at redemption",
  parameters,
  describe: (p) =>
    `Claims of "${p.class}" are paid at a ratio fixed at the first short redemption, at par within ${p.parTolerance}.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: (p): State => ({ cash: p.collected, claims: p.claims, exposure: 0n, rateWad: 0n }),
  capacity: (view: View) => unmarked(view),
  absorb(view, request) {
    const taken = min(request.remaining, unmarked(view));
    return {
      taken,
      state: taken === 0n ? view.state : { ...view.state, exposure: view.state.exposure + taken },
      effects: taken === 0n ? [] : [{ kind: "mark", class: view.parameters.class, assets: taken }],
      reason: "Claims are cut when they are redeemed.",
    };
  },
  recover(view, offered) {
    const restored = min(offered, view.state.exposure);
    return {
      restored,
      state: {
        ...view.state,
        cash: view.state.cash + restored,
        exposure: view.state.exposure - restored,
      },
      effects: [{ kind: "unmark", class: view.parameters.class, assets: restored }],
      reason: "More is collected before the ratio is fixed, or after it for whoever is last.",
    };
  },
  actions: {
    redeem: {
      title: "Burns a claim for what it is paid.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const value = inputAmount(input, "value");
        const { state } = view;
        if (value > state.claims) return { ok: false, reason: "ClaimExceedsTotal" };
        if (state.claims <= state.cash + view.parameters.parTolerance) {
          const paid = min(value, state.cash);
          return redeemed(state, value, paid, "par", state.rateWad, 0n);
        }
        const rateWad = state.rateWad === 0n ? ratio(state) : state.rateWad;
        const paid = min((rateWad * value) / WAD, state.cash);
        return redeemed(state, value, paid, "pro-rata", rateWad, WAD - rateWad);
      },
    },
  },
});

function redeemed(
  state: State,
  value: bigint,
  paid: bigint,
  mode: "par" | "pro-rata",
  rateWad: bigint,
  haircut: bigint,
): ActionResult<State> {
  const next = { ...state, cash: state.cash - paid, claims: state.claims - value, rateWad };
  return { ok: true, state: next, result: { mode, paid, haircut, cashLeft: next.cash, rateWad } };
}

const ratio = (state: State): bigint =>
  state.cash === 0n ? 0n : (state.cash * WAD) / (state.cash + state.exposure);

function unmarked(view: View): bigint {
  const entry = classOf(view, view.parameters.class);
  const marked = entry.marked ?? 0n;
  return entry.assets > marked ? entry.assets - marked : 0n;
}
