import { definePolicy, type PoolFacts } from "@shortfall/core";
import { divUp, max, min, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import {
  boundedCapacity,
  boundedTake,
  countUse,
  describeLimits,
  limits,
  openUsage,
  type Usage,
} from "../pieces/limits.js";
import { divisor, identifier } from "../pieces/schema.js";
import { MissingBearerError } from "../pieces/shares.js";

const parameters = z.strictObject({
  fund: identifier.describe("Fund of the pool that pays."),
  limits: limits.default({}).describe("Bounds of what the fund pays; all hold at once."),
  transferUnit: divisor
    .optional()
    .describe("Base units per whole unit that leaves the fund; the figure `transfer` is rounded up to it."),
});

/**
 * Cash outside share accounting pays first: an insurance fund, a mutual default fund, first-loss cover.
 *
 * Takes min(remaining, bounds). No rounding but the fraction's (down). Recoveries refill it up to what it
 * paid; they lower neither the lifetime nor the period counter.
 */
export const cashFund = definePolicy({
  id: "cash-fund",
  version: "1",
  title: "Cash fund",
  parameters,
  describe: (p) => `Fund "${p.fund}" pays in cash${describeLimits(p.limits)}.`,
  bearer: (p) => ({ kind: "fund", id: p.fund }),
  open: (p): Usage => openUsage(p.limits),
  capacity: (view, position) => fundCapacity(view, position.timestamp),
  absorb(view, request) {
    const { fund, limits: bounds, transferUnit } = view.parameters;
    const { timestamp } = request.position;
    const capacity = fundCapacity(view, timestamp);
    const taken = boundedTake(bounds, capacity, request.remaining);
    return {
      taken,
      state: countUse(bounds, view.state, timestamp, taken),
      effects: taken === 0n ? [] : [{ kind: "draw-fund", fund, assets: taken }],
      reason:
        taken === request.remaining
          ? `Fund "${fund}" pays all of it.`
          : bounds.allOrNothing
            ? `Fund "${fund}" could pay ${capacity}, not all of it, and so pays nothing.`
            : `Fund "${fund}" pays ${taken}, all that its bounds allow.`,
      figures: transferUnit ? { capacity, transfer: divUp(taken, transferUnit) } : { capacity },
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: view.state,
    effects: [{ kind: "fill-fund", fund: view.parameters.fund, assets: offered }],
    reason: `Refills fund "${view.parameters.fund}".`,
  }),
});

interface FundView {
  readonly parameters: z.output<typeof parameters>;
  readonly state: Usage;
  readonly pool: PoolFacts;
}

/** The bounds' capacity, and never into the floor that the fund itself has. */
function fundCapacity(view: FundView, timestamp: number): bigint {
  const { fund: id, limits: bounds } = view.parameters;
  const fund = view.pool.funds.get(id);
  if (!fund) throw new MissingBearerError("fund", id, view.pool.pool);
  const free = fund.floor === undefined ? max(0n, fund.balance) : zeroFloorSub(fund.balance, fund.floor);
  return min(free, boundedCapacity(bounds, fund.balance, view.state, timestamp));
}
