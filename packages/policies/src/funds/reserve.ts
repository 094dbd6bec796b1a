import { definePolicy, type PoolFacts } from "@shortfall/core";
import { max, min } from "@shortfall/math";
import * as z from "zod";
import { amount } from "../pieces/schema.js";

const parameters = z.strictObject({
  floor: amount.default(0n).describe("Balance that is never drawn."),
  mayGoNegative: z
    .boolean()
    .default(false)
    .describe("Takes any loss and lets the reserves go below zero, where the pool's facts allow that."),
});

/**
 * The pool's own reserves shrink (Compound `totalReserves`, Comet's implicit reserves, Silo's accrued
 * revenue). No rounding. Recoveries refill them up to what they paid.
 */
export const reserve = definePolicy({
  id: "reserve",
  version: "1",
  title: "Reserves",
  parameters,
  describe: (p) =>
    p.mayGoNegative
      ? "The pool's reserves take all of it and may fall below zero."
      : `The pool's reserves pay${p.floor > 0n ? `, keeping at least ${p.floor}` : ""}.`,
  bearer: () => ({ kind: "reserve", id: "reserves" }),
  open: () => ({}),
  capacity: (view) => (view.parameters.mayGoNegative ? "unlimited" : free(view.pool, view.parameters.floor)),
  absorb(view, request) {
    const taken = view.parameters.mayGoNegative
      ? request.remaining
      : min(request.remaining, free(view.pool, view.parameters.floor));
    return {
      taken,
      state: view.state,
      effects: taken === 0n ? [] : [{ kind: "draw-reserve", assets: taken }],
      reason:
        taken === request.remaining ? "Reserves pay all of it." : `Reserves pay ${taken}, all they may give.`,
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: view.state,
    effects: [{ kind: "fill-reserve", assets: offered }],
    reason: "Refills the reserves.",
  }),
});

function free(pool: PoolFacts, floor: bigint): bigint {
  const own = pool.reservesFloor === undefined || pool.reservesFloor === "none" ? 0n : pool.reservesFloor;
  const kept = max(floor, own);
  return pool.reserves > kept ? pool.reserves - kept : 0n;
}
