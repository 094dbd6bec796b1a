import { RiskInputError } from "../errors.js";
import { parseFraction } from "../fraction.js";
import { orderStatistic } from "../metrics/order.js";
import type { PathMaker } from "./paths.js";
import { seededSource } from "./random.js";

export interface PriceFanRun {
  readonly paths: PathMaker;
  readonly count: number;
  readonly seed: number;
  /** Quantiles as decimal text, ascending. */
  readonly levels?: readonly string[];
  /** Steps at which they are taken, at most; the first and the last are among them. */
  readonly columns?: number;
  /** Prices held at once; 16,777,216 where absent, which are 128 MiB. */
  readonly held?: number;
}

/** Quantiles of the prices of many paths, step by step. */
export interface PriceFan {
  readonly paths: number;
  readonly steps: readonly number[];
  readonly levels: readonly string[];
  /** One row a level, one price a step: the smallest price with that share of paths at or below it. */
  readonly quantiles: readonly (readonly number[])[];
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
}

const LEVELS = ["0.05", "0.25", "0.5", "0.75", "0.95"] as const;
const COLUMNS = 61;
const HELD_PRICES = 1 << 24;

/**
 * Exact quantiles of seeded paths. The simulator keeps no path, and this does not change it: paths are drawn
 * again, which costs about what simulating four borrowers does, and only some steps are kept. Where paths × steps
 * exceed what is held at once, the steps are taken in turns and the paths drawn once a turn, so that memory is
 * bounded and no quantile is estimated.
 *
 * @throws {RiskInputError} no path, or a level outside 0 to 1.
 */
export function priceFan(run: PriceFanRun): PriceFan {
  const { paths, count, seed } = run;
  if (!Number.isInteger(count) || count < 1) {
    throw new RiskInputError("count", "a whole number of paths, at least 1", String(count));
  }
  const levels = run.levels ?? LEVELS;
  const ranks = levels.map((level) => {
    const fraction = parseFraction(level, "levels");
    if (fraction.numerator < 0n || fraction.numerator > fraction.denominator) {
      throw new RiskInputError("levels", "0 to 1", level);
    }
    return orderStatistic(count, fraction) - 1;
  });
  const steps = spacedSteps(paths(seededSource(seed, 0)).length - 1, run.columns ?? COLUMNS);
  const atOnce = Math.max(1, Math.floor((run.held ?? HELD_PRICES) / count));
  const columns: Float64Array[] = [];
  const quantiles = levels.map((): number[] => []);
  const lowest: number[] = [];
  const highest: number[] = [];
  for (let first = 0; first < steps.length; first += atOnce) {
    const turn = steps.slice(first, first + atOnce);
    for (let k = columns.length; k < turn.length; k++) columns.push(new Float64Array(count));
    for (let path = 0; path < count; path++) {
      const prices = paths(seededSource(seed, path));
      for (const [k, step] of turn.entries()) columns[k]![path] = prices[step]!;
    }
    for (const [k] of turn.entries()) {
      const sorted = columns[k]!.sort();
      for (const [level, rank] of ranks.entries()) quantiles[level]!.push(sorted[rank]!);
      lowest.push(sorted[0]!);
      highest.push(sorted[count - 1]!);
    }
  }
  return { paths: count, steps, levels, quantiles, lowest, highest };
}

/** 0 to `last` in at most `columns` steps, evenly as whole steps allow. */
function spacedSteps(last: number, columns: number): number[] {
  const gaps = Math.max(1, Math.min(last, columns - 1));
  return last === 0 ? [0] : Array.from({ length: gaps + 1 }, (_, k) => Math.floor((k * last) / gaps));
}
