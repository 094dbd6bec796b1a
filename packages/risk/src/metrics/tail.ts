import { ceilDiv, type Fraction } from "../fraction.js";

export interface TailFigures {
  /** Smallest sample x with a share of at least alpha at or below it. */
  readonly var: number;
  /** Expected shortfall of Acerbi and Tasche: the mean of the worst 1 − alpha, splitting the sample at VaR. */
  readonly es: number;
  /** 1-based order statistic that is the VaR. */
  readonly index: number;
}

/** Value at risk and expected shortfall of a loss sample. Alpha is exact: no rounding decides the index. */
export function varEs(samples: readonly number[], alpha: Fraction): TailFigures {
  const sorted = Float64Array.from(samples).sort();
  const n = sorted.length;
  const index = orderStatistic(n, alpha);
  const value = sorted[index - 1]!;
  const level = Number(alpha.numerator) / Number(alpha.denominator);
  let tail = 0;
  for (let k = index; k < n; k++) tail += sorted[k]! / n;
  return { var: value, es: (tail + (index / n - level) * value) / (1 - level), index };
}

/** ceil(n·alpha), at least 1: the 1-based order statistic that is the alpha-quantile. */
export function orderStatistic(n: number, alpha: Fraction): number {
  return Math.max(1, Number(ceilDiv(BigInt(n) * alpha.numerator, alpha.denominator)));
}
