import { definePolicy } from "@shortfall/sdk";
import * as z from "zod";

const parameters = z.strictObject({
  /** Fund that holds what the sponsors pledged. */
  fund: z.string().min(1),
  /** Part of each loss that they match, hundredths of a percent. */
  matchBps: z.int().min(1).max(10_000),
});

/**
 * Sponsors match a part of every loss out of a pledged fund. The part rounds down, so the next layer carries
 * the dust; recoveries refill the pledge up to what it paid.
 */
export const matchedPledge = definePolicy({
  id: "matched-pledge",
  version: "1",
  title: "Matched pledge",
  parameters,
  describe: ({ fund, matchBps }) => `Sponsors match ${matchBps / 100} % of each loss out of fund "${fund}".`,
  bearer: ({ fund }) => ({ kind: "fund", id: fund }),
  open: () => ({}),
  capacity: (view) => view.pool.funds.get(view.parameters.fund)?.balance ?? 0n,
  absorb(view, request) {
    const { fund, matchBps } = view.parameters;
    const balance = view.pool.funds.get(fund)?.balance ?? 0n;
    const matched = (request.remaining * BigInt(matchBps)) / 10_000n;
    const taken = matched < balance ? matched : balance;
    return {
      taken,
      state: view.state,
      effects: taken > 0n ? [{ kind: "draw-fund", fund, assets: taken }] : [],
      reason: taken === matched ? `Sponsors match ${taken}.` : `The pledge is used up after ${taken}.`,
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: view.state,
    effects: [{ kind: "fill-fund", fund: view.parameters.fund, assets: offered }],
    reason: "Refills the pledge.",
  }),
});
