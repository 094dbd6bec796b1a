/** Values of one kind: each is a hit by accident with probability at most 1/odds. */
export interface Trials {
  readonly odds: bigint;
  readonly values: number;
  readonly hits: number;
}

const FRACTION_BITS = 16n;
const WORD = 64n;

/**
 * How surprising so many hits are, in bits: by accident they come up less than once in 2^result. 0 where they are
 * no surprise.
 *
 * Chernoff's inequality, P(X ≥ k) ≤ E[t^X] / t^k, for every t that is a power of two up to 2^96; the logarithms are
 * integers rounded up, so the result is never too large and is the same on every machine.
 */
export function surpriseBits(trials: readonly Trials[]): number {
  const hits = trials.reduce((sum, each) => sum + each.hits, 0);
  let best = 0n;
  for (let s = 1n; s <= 96n; s++) {
    let bits = BigInt(hits) * (s << FRACTION_BITS);
    for (const { odds, values } of trials) {
      bits -= BigInt(values) * log2Up(odds + (1n << s) - 1n, odds);
    }
    if (bits > best) best = bits;
  }
  return Number(best >> FRACTION_BITS);
}

/** An upper bound of log2(numerator / denominator) in units of 2^-16, for a ratio of at least 1. */
function log2Up(numerator: bigint, denominator: bigint): bigint {
  let x = ((numerator << WORD) + denominator - 1n) / denominator;
  let result = 0n;
  while (x >= 2n << WORD) {
    x = (x + 1n) >> 1n;
    result += 1n << FRACTION_BITS;
  }
  for (let bit = FRACTION_BITS - 1n; bit >= 0n; bit--) {
    x = (x * x + (1n << WORD) - 1n) >> WORD;
    if (x < 2n << WORD) continue;
    x = (x + 1n) >> 1n;
    result += 1n << bit;
  }
  return result + 1n;
}
