import { max, min } from "@shortfall/math";
import * as z from "zod";
import { amount, divisor, fraction } from "./schema.js";

/**
 * What bounds a fund's contribution. All given bounds hold at once; the smallest decides.
 *
 * `floor`: never below this balance. `fraction`: of the balance at the loss, rounded down. `fixed`: per loss.
 * `lifetime`: over all losses, recoveries do not give it back. `period`: per window of `length` seconds
 * counted from time 0, recoveries do not give it back. `allOrNothing`: the whole remaining loss or nothing.
 */
export const limits = z.strictObject({
  floor: amount.optional().describe("Never below this balance."),
  fraction: fraction.optional().describe("Part of the balance that one loss may take, rounded down."),
  fixed: amount.optional().describe("Most that one loss may take."),
  lifetime: z
    .strictObject({ max: amount, used: amount.optional() })
    .optional()
    .describe("Most over all losses; recoveries do not give it back."),
  period: z
    .strictObject({ max: amount, length: divisor, used: amount.optional() })
    .optional()
    .describe("Most per window of seconds, counted from time 0; recoveries do not give it back."),
  allOrNothing: z.boolean().optional().describe("The whole remaining loss, or nothing."),
});
export type Limits = z.output<typeof limits>;

/** What counted bounds have seen so far. */
export interface Usage {
  readonly lifetime: bigint;
  /** Number of the window that `period` counts in; -1 before any loss. */
  readonly window: bigint;
  readonly period: bigint;
}

export const openUsage = (bounds: Limits): Usage => ({
  lifetime: bounds.lifetime?.used ?? 0n,
  window: -1n,
  period: bounds.period?.used ?? 0n,
});

/** Number of the window that a time falls into. */
const windowAt = (bounds: Limits, timestamp: number): bigint =>
  bounds.period ? BigInt(timestamp) / bounds.period.length : 0n;

/** Used in the window that `timestamp` falls into. A stated opening use counts for the first window met. */
function usedInWindow(bounds: Limits, usage: Usage, timestamp: number): bigint {
  return usage.window === -1n || usage.window === windowAt(bounds, timestamp) ? usage.period : 0n;
}

/** Most that a balance under these bounds can pay now. */
export function boundedCapacity(bounds: Limits, balance: bigint, usage: Usage, timestamp: number): bigint {
  let most = bounds.floor === undefined ? balance : max(0n, balance - bounds.floor);
  if (bounds.fraction) most = min(most, (balance * bounds.fraction.num) / bounds.fraction.den);
  if (bounds.fixed !== undefined) most = min(most, bounds.fixed);
  if (bounds.lifetime) most = min(most, max(0n, bounds.lifetime.max - usage.lifetime));
  if (bounds.period) {
    most = min(most, max(0n, bounds.period.max - usedInWindow(bounds, usage, timestamp)));
  }
  return most;
}

/** What is paid of `remaining`: the smaller of the two, or nothing where it must be all. */
export function boundedTake(bounds: Limits, capacity: bigint, remaining: bigint): bigint {
  if (bounds.allOrNothing && capacity < remaining) return 0n;
  return min(capacity, remaining);
}

/** Counts a payment. */
export function countUse(bounds: Limits, usage: Usage, timestamp: number, paid: bigint): Usage {
  if (!bounds.lifetime && !bounds.period) return usage;
  return {
    lifetime: usage.lifetime + paid,
    window: windowAt(bounds, timestamp),
    period: usedInWindow(bounds, usage, timestamp) + paid,
  };
}

/** The bounds in plain words, each starting with a comma; empty if there are none. */
export function describeLimits(bounds: Limits): string {
  const parts: string[] = [];
  if (bounds.floor !== undefined) parts.push(`keeping at least ${bounds.floor}`);
  if (bounds.fraction)
    parts.push(`at most ${bounds.fraction.num}/${bounds.fraction.den} of the balance per loss`);
  if (bounds.fixed !== undefined) parts.push(`at most ${bounds.fixed} per loss`);
  if (bounds.lifetime) parts.push(`at most ${bounds.lifetime.max} over its life`);
  if (bounds.period) parts.push(`at most ${bounds.period.max} in any ${bounds.period.length} seconds`);
  if (bounds.allOrNothing) parts.push("all of the remaining loss or nothing");
  return parts.map((part) => `, ${part}`).join("");
}
