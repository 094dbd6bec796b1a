import { definePolicy, type LayerView } from "@shortfall/core";
import { abs, divUp, max } from "@shortfall/math";
import * as z from "zod";
import { amount, divisor, identifier } from "../pieces/schema.js";
import { MissingBearerError } from "../pieces/shares.js";

const parameters = z.strictObject({
  openInterest: identifier.describe(
    "Group with the accounts `long` and `short`: open interest of each side, signed or not.",
  ),
  side: z.enum(["both", "long", "short"]).default("both").describe("Side that pays."),
  baseUnit: divisor.default(10n ** 9n).describe("Base units of one whole unit of open interest."),
  rounding: z.enum(["ceil", "floor"]).default("ceil").describe("How the rate is rounded."),
  step: divisor.default(1n).describe("The rate is a multiple of this after rounding."),
  chargeDivisors: z
    .array(divisor)
    .default([10n ** 9n])
    .describe("A position's charge is rate·|base| divided by each of these in turn, rounded down each time."),
  longRate: amount.default(0n).describe("Rate of long positions before the first loss."),
  shortRate: amount.default(0n).describe("Rate of short positions before the first loss."),
});
type Parameters = z.output<typeof parameters>;

interface State {
  /** Cumulative rate of longs; it rises with each loss. */
  readonly longRate: bigint;
  /** What the cumulative rate of shorts has fallen by. */
  readonly shortRate: bigint;
}

type View = LayerView<Parameters, State>;

/**
 * Every open position is charged through the cumulative funding rate (Drift, Mango perpetuals).
 *
 * rate = round(loss·baseUnit/open interest)·step, charged when a position settles and rounded down then, so
 * that charges may miss or exceed the loss by rounding; the difference stays in the market's own pool.
 * Without open interest it takes nothing. Nothing comes back through it.
 */
export const fundingShift = definePolicy({
  id: "funding-shift",
  version: "1",
  title: "Funding shift",
  parameters,
  describe: (p) =>
    `Open positions (${p.side === "both" ? "both sides" : `the ${p.side} side`}) are charged per unit of open interest, rounded ${p.rounding === "ceil" ? "up" : "down"}.`,
  bearer: (p) => ({ kind: "group", id: p.openInterest }),
  open: (p): State => ({ longRate: p.longRate, shortRate: p.shortRate }),
  capacity: (view) => (openInterest(view) === 0n ? 0n : "unlimited"),
  absorb(view, request) {
    const interest = openInterest(view);
    const { side, openInterest: group } = view.parameters;
    if (interest === 0n) {
      return {
        taken: 0n,
        state: view.state,
        effects: [],
        reason: "There is no open interest to charge.",
        figures: { fundingDelta: 0n },
      };
    }
    const delta = fundingDelta(view.parameters, request.remaining, interest);
    return {
      taken: request.remaining,
      state: {
        longRate: view.state.longRate + (side === "short" ? 0n : delta),
        shortRate: view.state.shortRate + (side === "long" ? 0n : delta),
      },
      effects: [{ kind: "transfer-debt", to: group, assets: request.remaining }],
      reason: `Open positions are charged ${delta} per unit.`,
      figures: { fundingDelta: delta },
    };
  },
});

function fundingDelta(parameters: Parameters, loss: bigint, interest: bigint): bigint {
  const numerator = loss * parameters.baseUnit;
  const perUnit = parameters.rounding === "ceil" ? divUp(numerator, interest) : numerator / interest;
  return perUnit * parameters.step;
}

/** What one position pays of a rate, rounded down at each divisor. */
export function fundingCharge(
  parameters: { readonly chargeDivisors: readonly bigint[] },
  delta: bigint,
  base: bigint,
): bigint {
  return parameters.chargeDivisors.reduce((charge, by) => charge / by, max(0n, delta) * abs(base));
}

function openInterest(view: View): bigint {
  const { openInterest: id, side } = view.parameters;
  const group = view.pool.groups?.get(id);
  if (!group) throw new MissingBearerError("group", id, view.pool.pool);
  const long = side === "short" ? 0n : abs(group.get("long") ?? 0n);
  const short = side === "long" ? 0n : abs(group.get("short") ?? 0n);
  return long + short;
}
