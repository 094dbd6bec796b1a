import { RiskInputError } from "../errors.js";
import type { PathMaker } from "./paths.js";
import { seededSource } from "./random.js";
import type { CrashSimulation, SimulatedPosition } from "./settings.js";
import { Crash } from "./simulate.js";

export interface StressRun {
  readonly settings: CrashSimulation;
  readonly positions: readonly SimulatedPosition[];
  readonly paths: PathMaker;
  readonly count: number;
  readonly seed: number;
  /** Path to start at: an interrupted run goes on here. 0 where absent. */
  readonly from?: number;
  /** Base units of the debt asset per unit of the simulation. */
  readonly unitsPerDebt: bigint;
  /** Called after every path. */
  readonly onProgress?: (done: number, count: number) => void;
}

/** What a set of paths lost. */
export interface StressSample {
  /** Shortfall of each path in base units, rounded up: a loss is never understated. */
  readonly losses: readonly bigint[];
  /** Paths that lost anything. */
  readonly hit: number;
  /** Mean liquidated debt and largest backlog over paths, in units of the simulation. */
  readonly meanRepaid: number;
  readonly maxBacklog: number;
}

/** Runs many seeded paths over the same positions. The same seed gives the same sample, in one go or in parts. */
export function stress(run: StressRun): StressSample {
  if (!Number.isInteger(run.count) || run.count < 1) {
    throw new RiskInputError("count", "a whole number of paths, at least 1", String(run.count));
  }
  const crash = new Crash(run.settings, run.positions);
  const losses: bigint[] = [];
  let hit = 0;
  let repaid = 0;
  let maxBacklog = 0;
  for (let path = run.from ?? 0; path < run.count; path++) {
    const outcome = crash.run(run.paths(seededSource(run.seed, path)));
    const loss = toUnitsUp(outcome.shortfall, run.unitsPerDebt);
    losses.push(loss);
    if (loss > 0n) hit++;
    repaid += outcome.repaid;
    maxBacklog = Math.max(maxBacklog, outcome.maxBacklog);
    run.onProgress?.(path + 1, run.count);
  }
  return { losses, hit, meanRepaid: losses.length === 0 ? 0 : repaid / losses.length, maxBacklog };
}

/** ceil(amount · unitsPerDebt) of a double, exactly: the double is taken as the binary fraction it is. */
export function toUnitsUp(amount: number, unitsPerDebt: bigint): bigint {
  if (!(amount > 0)) return 0n;
  let scale = 0n;
  let mantissa = amount;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    scale++;
  }
  const divisor = 1n << scale;
  return (BigInt(mantissa) * unitsPerDebt + divisor - 1n) / divisor;
}
