import { RiskInputError } from "../errors.js";
import { ceilDiv, type Fraction } from "../fraction.js";
import { ascending, orderStatistic } from "./order.js";

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

/** The same figures in base units. */
export interface LossTail {
  readonly var: bigint;
  /** Rounded up: a loss is never understated. */
  readonly es: bigint;
  /** 1-based order statistic that is the VaR. */
  readonly index: number;
}

/**
 * {@link varEs} of losses in base units, by integers: exact for one unit and for 10^30 beside each other.
 *
 * @throws {RiskInputError} an empty sample, or a level that leaves no tail.
 */
export function lossTail(losses: readonly bigint[], { numerator, denominator }: Fraction): LossTail {
  if (losses.length === 0) throw new RiskInputError("losses", "at least one", "none");
  if (numerator < 0n || numerator >= denominator) {
    throw new RiskInputError("alpha", "0 to below 1", `${numerator}/${denominator}`);
  }
  const sorted = ascending(losses);
  const n = BigInt(sorted.length);
  const index = orderStatistic(sorted.length, { numerator, denominator });
  const value = sorted[index - 1]!;
  const beyond = sorted.slice(index).reduce((sum, loss) => sum + loss, 0n);
  // [beyond/n + (index/n − alpha)·value] / (1 − alpha), both sides times n and the level's denominator.
  const tail = beyond * denominator + (BigInt(index) * denominator - numerator * n) * value;
  return { var: value, es: ceilDiv(tail, n * (denominator - numerator)), index };
}
