import { definePolicy } from "@shortfall/core";
import { min } from "@shortfall/math";
import * as z from "zod";
import { amount, identifier } from "../pieces/schema.js";

const parameters = z.strictObject({
  owner: identifier.default("treasury").describe("Who owes what the deductible takes."),
  amount: amount.describe("What is not passed on to later layers."),
});

/**
 * The first X of losses is not passed on; its owner owes it to the pool (Umbrella's deficit offset, forgone
 * liquidation fees). No rounding. Recoveries pay the owner back, and the deductible grows again by as much.
 */
export const deductible = definePolicy({
  id: "deductible",
  version: "1",
  title: "Deductible",
  parameters,
  describe: (p) => `The first ${p.amount} stays with "${p.owner}".`,
  bearer: (p) => ({ kind: "account", id: p.owner }),
  open: (p) => ({ remaining: p.amount }),
  capacity: (view) => view.state.remaining,
  absorb(view, request) {
    const taken = min(request.remaining, view.state.remaining);
    return {
      taken,
      state: { remaining: view.state.remaining - taken },
      effects: taken === 0n ? [] : [{ kind: "transfer-debt", to: view.parameters.owner, assets: taken }],
      reason: `"${view.parameters.owner}" keeps the first ${taken}.`,
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: { remaining: view.state.remaining + offered },
    effects: [{ kind: "pay", to: view.parameters.owner, assets: offered }],
    reason: `Pays "${view.parameters.owner}" back.`,
  }),
});
