import { RiskInputError } from "../errors.js";
import { normalSource, type UniformSource } from "./random.js";

/** Makes one price path from a source of random numbers. The first price is the start. */
export type PathMaker = (uniform: UniformSource) => Float64Array;

export interface DiffusionSettings {
  readonly start: number;
  readonly steps: number;
  /** Years between prices. */
  readonly dtYears: number;
  /** Per year. */
  readonly drift: number;
  readonly vol: number;
}

/** Geometric Brownian motion. */
export function brownianPaths({ start, steps, dtYears, drift, vol }: DiffusionSettings): PathMaker {
  const trend = (drift - (vol * vol) / 2) * dtYears;
  const spread = vol * Math.sqrt(dtYears);
  return (uniform) => {
    const normal = normalSource(uniform);
    return grow(start, steps, () => trend + spread * normal());
  };
}

export interface JumpSettings extends DiffusionSettings {
  /** Jumps per year. */
  readonly jumpRate: number;
  /** Mean and deviation of a jump of the log price. */
  readonly jumpMean: number;
  readonly jumpVol: number;
}

/** Merton's jump diffusion; the drift is not corrected for the jumps' mean. At most one jump a step. */
export function jumpPaths(settings: JumpSettings): PathMaker {
  const { start, steps, dtYears, drift, vol, jumpRate, jumpMean, jumpVol } = settings;
  const trend = (drift - (vol * vol) / 2) * dtYears;
  const spread = vol * Math.sqrt(dtYears);
  const chance = 1 - Math.exp(-jumpRate * dtYears);
  return (uniform) => {
    const normal = normalSource(uniform);
    return grow(start, steps, () => {
      const jump = uniform() < chance ? jumpMean + jumpVol * normal() : 0;
      return trend + spread * normal() + jump;
    });
  };
}

/**
 * Block bootstrap of one's own log returns: keeps the clustering of calm and stormy stretches.
 *
 * @throws {RiskInputError} no returns, or blocks longer than the series.
 */
export function bootstrapPaths(
  logReturns: readonly number[],
  block: number,
  start: number,
  steps: number,
): PathMaker {
  if (logReturns.length === 0) throw new RiskInputError("returns", "at least one", "none");
  if (!Number.isInteger(block) || block < 1 || block > logReturns.length) {
    throw new RiskInputError("block", `1 to ${logReturns.length}`, String(block));
  }
  return (uniform) => {
    let at = 0;
    let left = 0;
    return grow(start, steps, () => {
      if (left === 0) {
        at = Math.floor(uniform() * (logReturns.length - block + 1));
        left = block;
      }
      left--;
      return logReturns[at++]!;
    });
  };
}

/** A crash of a given depth at constant log speed, the same on every path: `depth` 0.6 falls by 60 %. */
export function crashPath(start: number, depth: number, steps: number): PathMaker {
  if (!(depth >= 0 && depth < 1)) throw new RiskInputError("depth", "0 to below 1", String(depth));
  const step = Math.log1p(-depth) / steps;
  return () => grow(start, steps, () => step);
}

function grow(start: number, steps: number, logReturn: () => number): Float64Array {
  const prices = new Float64Array(steps + 1);
  prices[0] = start;
  let log = Math.log(start);
  for (let k = 1; k <= steps; k++) {
    log += logReturn();
    prices[k] = Math.exp(log);
  }
  return prices;
}
