import { ratio } from "../fraction.js";
import { ascending } from "../metrics/order.js";

export interface Concentration {
  /** Holders with a balance. */
  readonly n: number;
  /** Σ share², and the same in points of 10 000. */
  readonly hhi: number;
  readonly hhiPoints: number;
  readonly effectiveN: number;
  readonly normalisedHhi: number;
  readonly gini: number;
  readonly giniSample: number;
  /** Fewest holders who together have more than half. */
  readonly nakamoto: number;
  readonly topShare: readonly number[];
  readonly entropyEffectiveN: number;
}

/**
 * Concentration of holdings, from exact integers. Zero balances are dropped; exactly half is not more than
 * half. Merge holders that stand for others (vaults, wrappers) first, or the figures mislead.
 */
export function concentration(balances: readonly bigint[], topK: readonly number[]): Concentration {
  const sorted = ascending(balances.filter((balance) => balance > 0n));
  const n = sorted.length;
  const total = sorted.reduce((a, b) => a + b, 0n);
  if (n === 0) return EMPTY(topK);
  const squares = sorted.reduce((sum, balance) => sum + balance * balance, 0n);
  const weighted = sorted.reduce((sum, balance, k) => sum + BigInt(k + 1) * balance, 0n);
  const count = BigInt(n);
  const hhi = ratio(squares, total * total);
  // (H − 1/n)/(1 − 1/n) and the Gini coefficient as single fractions, so that nothing cancels.
  const normalisedHhi = n === 1 ? 1 : ratio(squares * count - total * total, total * total * (count - 1n));
  const giniNumerator = 2n * weighted - (count + 1n) * total;
  const descending = [...sorted].reverse();
  const top = (k: number): bigint => descending.slice(0, k).reduce((a, b) => a + b, 0n);
  return {
    n,
    hhi,
    hhiPoints: hhi * 10_000,
    effectiveN: ratio(total * total, squares),
    normalisedHhi,
    gini: ratio(giniNumerator, count * total),
    giniSample: n === 1 ? 0 : ratio(giniNumerator, (count - 1n) * total),
    nakamoto: nakamoto(descending, total),
    topShare: topK.map((k) => ratio(top(k), total)),
    entropyEffectiveN: Math.exp(
      -sorted.reduce((sum, balance) => {
        const share = ratio(balance, total);
        return sum + share * Math.log(share);
      }, 0),
    ),
  };
}

function nakamoto(descending: readonly bigint[], total: bigint): number {
  let held = 0n;
  for (let k = 0; k < descending.length; k++) {
    held += descending[k]!;
    if (2n * held > total) return k + 1;
  }
  return descending.length;
}

const EMPTY = (topK: readonly number[]): Concentration => ({
  n: 0,
  hhi: 0,
  hhiPoints: 0,
  effectiveN: 0,
  normalisedHhi: 0,
  gini: 0,
  giniSample: 0,
  nakamoto: 0,
  topShare: topK.map(() => 0),
  entropyEffectiveN: 0,
});
