import { cpus, loadavg } from "node:os";

/** One side of a comparison. `run` does `operations` operations and returns something that depends on them. */
export interface Contender {
  readonly name: string;
  readonly operations: number;
  run(round: number): unknown;
}

/** Time of one contender. */
export interface Timing {
  readonly name: string;
  /** Best round, CPU nanoseconds an operation. */
  readonly bestNs: number;
  readonly medianNs: number;
  /** (median − best) / best. */
  readonly spread: number;
}

/** A group of contenders timed side by side, with the targets it is held to. */
export interface GroupResult {
  readonly group: string;
  /** What the figures are, where it is not nanoseconds. */
  readonly unit?: string;
  readonly timings: readonly Timing[];
  readonly ratios: readonly RatioResult[];
}

export interface RatioResult {
  readonly name: string;
  readonly ratio: number;
  readonly target: number;
  /** `at-most` or `at-least` the target. */
  readonly bound: "at-most" | "at-least";
  readonly pass: boolean;
}

/** Best of rounds in which every contender runs once, in an order that turns, so that a drift hits all alike. */
export function measure(contenders: readonly Contender[], rounds = 9): Timing[] {
  const times = contenders.map((): number[] => []);
  contenders.forEach((contender) => {
    contender.run(0);
  });
  for (let round = 1; round <= rounds; round++) {
    for (let k = 0; k < contenders.length; k++) {
      const index = (k + round) % contenders.length;
      const contender = contenders[index]!;
      globalThis.gc?.();
      const before = process.cpuUsage();
      contender.run(round);
      const { user, system } = process.cpuUsage(before);
      times[index]!.push(((user + system) * 1000) / contender.operations);
    }
  }
  return contenders.map(({ name }, index) => {
    const sorted = times[index]!.sort((a, b) => a - b);
    const bestNs = sorted[0]!;
    const medianNs = sorted[sorted.length >> 1]!;
    return { name, bestNs, medianNs, spread: bestNs === 0 ? 0 : (medianNs - bestNs) / bestNs };
  });
}

/** Ratio of two timings held against a target. */
export function ratioOf(
  name: string,
  of: Timing,
  to: Timing,
  bound: RatioResult["bound"],
  target: number,
): RatioResult {
  const ratio = of.bestNs / to.bestNs;
  return { name, ratio, target, bound, pass: bound === "at-most" ? ratio <= target : ratio >= target };
}

/** Where it was measured. */
export const machine = () => ({
  node: process.version,
  cpus: cpus().length,
  load: loadavg().map((load) => Math.round(load * 100) / 100),
});
