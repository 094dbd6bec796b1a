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
  /** One side spread too widely for a ratio to mean anything: neither passed nor missed. */
  readonly withheld?: true;
}

/** A side whose rounds spread more than this gives no ratio. */
const WIDEST_SPREAD = 0.4;

/** Best of rounds in which every contender runs once, in an order that turns, so that a drift hits all alike. */
export function measure(contenders: readonly Contender[], rounds = 9): Timing[] {
  const times = contenders.map((): number[] => []);
  contenders.forEach((contender) => {
    contender.run(0);
  });
  clearHeap();
  for (const [index, round] of turns(contenders.length, rounds)) {
    const before = process.cpuUsage();
    contenders[index]!.run(round);
    times[index]!.push(cpuSince(before));
  }
  return timingsOf(contenders, times);
}

/** The same for contenders that wait for something, such as a file. */
export async function measureEach(contenders: readonly Contender[], rounds = 9): Promise<Timing[]> {
  const times = contenders.map((): number[] => []);
  for (const contender of contenders) await contender.run(0);
  clearHeap();
  for (const [index, round] of turns(contenders.length, rounds)) {
    const before = process.cpuUsage();
    await contenders[index]!.run(round);
    times[index]!.push(cpuSince(before));
  }
  return timingsOf(contenders, times);
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Collects what earlier groups left, and waits until the collector's threads have swept it up: their time counts as
 * the process's. Once a group and not once a round, because a full collection also throws away compiled code whose
 * short-lived shapes it finds dead; what would be timed is its compilation.
 */
function clearHeap(): void {
  if (!globalThis.gc) return;
  globalThis.gc();
  Atomics.wait(pause, 0, 0, 40);
}

function* turns(contenders: number, rounds: number): Generator<readonly [index: number, round: number]> {
  for (let round = 1; round <= rounds; round++) {
    for (let k = 0; k < contenders; k++) yield [(k + round) % contenders, round];
  }
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

function timingsOf(contenders: readonly Contender[], times: readonly number[][]): Timing[] {
  return contenders.map(({ name, operations }, index) => {
    const sorted = times[index]!.map((time) => time / operations).sort((a, b) => a - b);
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
  const noisy = Math.max(of.spread, to.spread) > WIDEST_SPREAD;
  const pass = bound === "at-most" ? ratio <= target : ratio >= target;
  return noisy
    ? { name, ratio: Number.NaN, target, bound, pass: false, withheld: true }
    : { name, ratio, target, bound, pass };
}

/** Where it was measured. */
export const machine = () => ({
  node: process.version,
  cpus: cpus().length,
  load: loadavg().map((load) => Math.round(load * 100) / 100),
});
