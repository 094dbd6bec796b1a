import { type Fraction, ratio } from "../fraction.js";
import { ascending } from "./order.js";

export interface RequiredFund {
  /** Smallest fund that a loss exceeds with probability at most epsilon. Blind to how bad the tail is. */
  readonly quantileFund: bigint;
  /** Smallest fund whose mean unpaid remainder is within the budget. */
  readonly stopLossFund: number;
}

/** Two answers to "how large must the fund be", on one loss sample. */
export function requiredFund(
  losses: readonly bigint[],
  epsilon: Fraction,
  residualBudget: Fraction,
): RequiredFund {
  const sorted = ascending(losses);
  const n = sorted.length;
  const mayExceed = Number((BigInt(n) * epsilon.numerator) / epsilon.denominator);
  return {
    quantileFund: mayExceed >= n ? 0n : sorted[n - 1 - mayExceed]!,
    stopLossFund: stopLoss(sorted, residualBudget),
  };
}

/**
 * The mean excess over F is piecewise linear and falling. Walks its corners from the largest loss down to the
 * segment in which it passes the budget, and solves that one line.
 */
function stopLoss(sorted: readonly bigint[], budget: Fraction): number {
  const n = BigInt(sorted.length);
  let above = 0n;
  for (let k = sorted.length - 1; k >= 0; k--) {
    above += sorted[k]!;
    const count = BigInt(sorted.length - k);
    const corner = k === 0 ? 0n : sorted[k - 1]!;
    // Excess at F: (above − count·F)/n ≤ budget, at the lower corner of this segment.
    if ((above - count * corner) * budget.denominator > budget.numerator * n) {
      return ratio(above * budget.denominator - budget.numerator * n, count * budget.denominator);
    }
  }
  return 0;
}
