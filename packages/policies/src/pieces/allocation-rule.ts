import {
  allocateCeilCapped,
  allocateFloor,
  allocateLargestRemainder,
  allocateSequential,
  min,
} from "@shortfall/math";
import * as z from "zod";

/**
 * How an amount is cut among accounts by weight.
 *
 * `floor`: rounded down each, the dust is left. `largest-remainder`: exact, ties to the earlier account.
 * `ceil-capped`: rounded up each in order, never more than is left. `sequential`: fills accounts in order.
 */
export const allocationRule = z.enum(["floor", "largest-remainder", "ceil-capped", "sequential"]);
export type AllocationRule = z.output<typeof allocationRule>;

export interface CappedAllocation {
  readonly parts: readonly bigint[];
  /** What no part received: rounding, or more than all caps together. */
  readonly dust: bigint;
}

/**
 * Cuts `amount` by weight so that no part exceeds its cap; what a cap turns away is cut again among the
 * others by their weights, until it fits or all are full. Ends after at most one round per account.
 */
export function allocateWithCaps(
  rule: AllocationRule,
  amount: bigint,
  weights: readonly bigint[],
  caps: readonly bigint[],
): CappedAllocation {
  if (rule === "sequential") return allocateSequential(amount, caps);
  const parts = weights.map(() => 0n);
  let left = amount;
  for (;;) {
    const open = [...weights.keys()].filter((at) => weights[at]! > 0n && parts[at]! < caps[at]!);
    if (left === 0n || open.length === 0) return { parts, dust: left };
    const round = cut(
      rule,
      left,
      open.map((at) => weights[at]!),
    );
    const full = open.filter((at, k) => parts[at]! + round[k]! > caps[at]!);
    if (full.length === 0) {
      open.forEach((at, k) => {
        parts[at]! += round[k]!;
      });
      return { parts, dust: left - round.reduce((sum, part) => sum + part, 0n) };
    }
    // Whoever is above its cap is filled, and the rest is cut anew among the others.
    for (const at of full) {
      left -= min(left, caps[at]! - parts[at]!);
      parts[at] = caps[at]!;
    }
  }
}

function cut(
  rule: Exclude<AllocationRule, "sequential">,
  amount: bigint,
  weights: readonly bigint[],
): bigint[] {
  switch (rule) {
    case "floor":
      return allocateFloor(amount, weights).parts;
    case "largest-remainder":
      return allocateLargestRemainder(amount, weights).parts;
    case "ceil-capped":
      return allocateCeilCapped(amount, weights).parts;
  }
}
