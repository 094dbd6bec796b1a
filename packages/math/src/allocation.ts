import { AllocationError } from "./errors.js";

/** Parts of an amount, in the order of the weights given, and what no part received. */
export interface Allocation {
  readonly parts: bigint[];
  /** amount − Σ parts. Whoever the caller names as dust owner keeps it. */
  readonly dust: bigint;
}

function checkedTotal(rule: string, amount: bigint, weights: readonly bigint[]): bigint {
  if (amount < 0n) throw new AllocationError(rule, `the amount ${amount} is negative`);
  let total = 0n;
  for (const weight of weights) {
    if (weight < 0n) throw new AllocationError(rule, `the weight ${weight} is negative`);
    total += weight;
  }
  if (total === 0n && amount > 0n)
    throw new AllocationError(rule, "all weights are zero, nobody can bear it");
  return total;
}

/**
 * floor(amount·weight/Σ) for each; the dust (less than one unit a part) is returned for its named owner.
 *
 * @throws {AllocationError} negative input, or an amount without weights.
 */
export function allocateFloor(amount: bigint, weights: readonly bigint[]): Allocation {
  const total = checkedTotal("floor", amount, weights);
  if (amount === 0n) return { parts: weights.map(() => 0n), dust: 0n };
  let left = amount;
  const parts = weights.map((weight) => {
    const part = (amount * weight) / total;
    left -= part;
    return part;
  });
  return { parts, dust: left };
}

/**
 * Floor each part, then one more unit to the largest remainders until the sum fits; equal remainders go to
 * the earlier weight (Hamilton's method with a total order). No dust.
 *
 * @throws {AllocationError} negative input, or an amount without weights.
 */
export function allocateLargestRemainder(amount: bigint, weights: readonly bigint[]): Allocation {
  const total = checkedTotal("largest-remainder", amount, weights);
  if (amount === 0n) return { parts: weights.map(() => 0n), dust: 0n };
  let left = amount;
  const remainders: bigint[] = [];
  const parts = weights.map((weight) => {
    const product = amount * weight;
    const part = product / total;
    remainders.push(product - part * total);
    left -= part;
    return part;
  });
  const order = remainders
    .map((_, index) => index)
    .sort((a, b) => {
      const ra = remainders[a]!;
      const rb = remainders[b]!;
      return ra === rb ? a - b : ra > rb ? -1 : 1;
    });
  for (let k = 0; left > 0n; k++, left -= 1n) parts[order[k]!]! += 1n;
  return { parts, dust: 0n };
}

/**
 * Part k = floor(amount·W_k/Σ) − floor(amount·W_{k−1}/Σ) over running weights W: conserves by construction
 * and needs one pass and no sort, at the price that a part may be one unit above its exact share.
 *
 * @throws {AllocationError} negative input, or an amount without weights.
 */
export function allocateRunningFloor(amount: bigint, weights: readonly bigint[]): Allocation {
  const total = checkedTotal("running-floor", amount, weights);
  if (amount === 0n) return { parts: weights.map(() => 0n), dust: 0n };
  let running = 0n;
  let given = 0n;
  const parts = weights.map((weight) => {
    running += weight;
    const upTo = (amount * running) / total;
    const part = upTo - given;
    given = upTo;
    return part;
  });
  return { parts, dust: 0n };
}

/**
 * ceil(amount·weight/Σ) each, in order, never more than is left: the first ones carry the rounding, the last
 * ones may get less. No dust.
 *
 * @throws {AllocationError} negative input, or an amount without weights.
 */
export function allocateCeilCapped(amount: bigint, weights: readonly bigint[]): Allocation {
  const total = checkedTotal("ceil-capped", amount, weights);
  if (amount === 0n) return { parts: weights.map(() => 0n), dust: 0n };
  let left = amount;
  const parts = weights.map((weight) => {
    const ceiled = (amount * weight + total - 1n) / total;
    const part = ceiled < left ? ceiled : left;
    left -= part;
    return part;
  });
  return { parts, dust: 0n };
}

/**
 * Fills capacities in order until the amount is used up; the dust is what no capacity could hold.
 *
 * @throws {AllocationError} negative input.
 */
export function allocateSequential(amount: bigint, capacities: readonly bigint[]): Allocation {
  if (amount < 0n) throw new AllocationError("sequential", `the amount ${amount} is negative`);
  let left = amount;
  const parts = capacities.map((capacity) => {
    if (capacity < 0n) throw new AllocationError("sequential", `the capacity ${capacity} is negative`);
    const part = capacity < left ? capacity : left;
    left -= part;
    return part;
  });
  return { parts, dust: left };
}
