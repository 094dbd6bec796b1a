import { ceilDiv, type Fraction } from "../fraction.js";

export const ascending = (values: readonly bigint[]): bigint[] =>
  [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** ceil(n·alpha), at least 1: the 1-based order statistic that is the alpha-quantile. */
export function orderStatistic(n: number, alpha: Fraction): number {
  return Math.max(1, Number(ceilDiv(BigInt(n) * alpha.numerator, alpha.denominator)));
}
