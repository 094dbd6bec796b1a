import { definePolicy } from "@shortfall/core";
import { min, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { amount } from "../pieces/schema.js";

const parameters = z.strictObject({
  inNav: z
    .boolean()
    .default(true)
    .describe(
      "Whether the open deficit still counts in the share price (Aave, Venus) or is shown beside it (MetaMorpho v1.1).",
    ),
  limit: amount.optional().describe("Most that may be open at once."),
});

/**
 * The deficit stays open, as an asset backed by a promise, until somebody covers it (Aave `deficit`, Venus
 * `badDebt`). Nobody is charged; holders carry a queue risk. No rounding. What covers it later runs the
 * layers below it, and reduces what is open.
 */
export const carry = definePolicy({
  id: "carry",
  version: "1",
  title: "Carry",
  parameters,
  describe: (p) =>
    `The deficit stays open${p.limit === undefined ? "" : `, at most ${p.limit} at a time`}, ${
      p.inNav ? "counted in the share price" : "beside the share price"
    }.`,
  bearer: () => ({ kind: "carried", id: "deficit" }),
  open: () => ({}),
  capacity: (view) =>
    view.parameters.limit === undefined
      ? "unlimited"
      : zeroFloorSub(view.parameters.limit, view.unreimbursed),
  absorb(view, request) {
    const { limit } = view.parameters;
    const taken =
      limit === undefined
        ? request.remaining
        : min(request.remaining, zeroFloorSub(limit, view.unreimbursed));
    return {
      taken,
      state: view.state,
      effects: taken === 0n ? [] : [{ kind: "carry", assets: taken }],
      reason: taken === request.remaining ? "Stays open until covered." : `Only ${taken} may stay open.`,
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: view.state,
    effects: [{ kind: "uncarry", assets: offered }],
    reason: "Covers what was open.",
  }),
});
