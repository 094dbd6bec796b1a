import { type Fraction, ratio } from "../fraction.js";
import { ascending, orderStatistic } from "./order.js";

export interface LayerCapacity {
  readonly id: string;
  readonly capacity: bigint;
}

/** Figures per layer in loss order; ratios are for showing. */
export interface LayeredLoss {
  readonly expectedAbsorbed: readonly number[];
  /** Share of samples in which the layer is used up. */
  readonly depletionProbability: readonly number[];
  readonly haircutVar: readonly number[];
  readonly expectedHaircut: readonly number[];
  readonly unabsorbedMax: bigint;
  readonly unabsorbedTotal: bigint;
}

/** Runs each loss through layers of fixed capacity, in order. */
export function layeredLoss(
  losses: readonly bigint[],
  layers: readonly LayerCapacity[],
  alpha: Fraction,
): LayeredLoss {
  const absorbed: bigint[][] = layers.map(() => []);
  let unabsorbedMax = 0n;
  let unabsorbedTotal = 0n;
  for (const loss of losses) {
    let left = loss;
    layers.forEach(({ capacity }, k) => {
      const part = left < capacity ? left : capacity;
      absorbed[k]!.push(part);
      left -= part;
    });
    unabsorbedTotal += left;
    if (left > unabsorbedMax) unabsorbedMax = left;
  }
  const n = BigInt(losses.length);
  const index = orderStatistic(losses.length, alpha);
  const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n);
  const perCapacity = (amount: bigint, k: number, times = 1n): number =>
    layers[k]!.capacity === 0n ? 0 : ratio(amount, layers[k]!.capacity * times);
  return {
    expectedAbsorbed: absorbed.map((parts) => ratio(sum(parts), n)),
    depletionProbability: absorbed.map((parts, k) =>
      ratio(BigInt(parts.filter((part) => part === layers[k]!.capacity).length), n),
    ),
    haircutVar: absorbed.map((parts, k) => perCapacity(ascending(parts)[index - 1]!, k)),
    expectedHaircut: absorbed.map((parts, k) => perCapacity(sum(parts), k, n)),
    unabsorbedMax,
    unabsorbedTotal,
  };
}
