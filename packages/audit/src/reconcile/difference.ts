import type { DifferenceClass } from "@shortfall/core";
import { abs } from "@shortfall/math";

/** Differences of up to this many base units are what one or two roundings leave. */
const ROUNDING_UNITS = 2n;

/**
 * Names the likely cause of a difference from the two numbers alone: rounding, a power of ten, digits lost in a
 * double. Anything else is unexplained until something else explains it.
 */
export function classifyDifference(reported: bigint, recomputed: bigint): DifferenceClass {
  if (reported === recomputed) return "exact";
  if (abs(recomputed - reported) <= ROUNDING_UNITS) return "rounding";
  if (isPowerOfTenApart(reported, recomputed)) return "decimals";
  if (lostDigits(reported, recomputed)) return "lost-precision";
  return "unexplained";
}

/** As `classifyDifference`, for recorded values in text; texts that are no integers differ unexplained. */
export function classifyTexts(reported: string, recomputed: string): DifferenceClass {
  const integer = /^-?\d+$/;
  return integer.test(reported) && integer.test(recomputed)
    ? classifyDifference(BigInt(reported), BigInt(recomputed))
    : "unexplained";
}

/** The same digits, shifted by the decimals of another unit. Down-shifts may have cut digits. */
function isPowerOfTenApart(a: bigint, b: bigint): boolean {
  const [small, large] = abs(a) < abs(b) ? [abs(a), abs(b)] : [abs(b), abs(a)];
  if (small === 0n || a < 0n !== b < 0n) return false;
  let scaled = large;
  while (scaled > small) scaled /= 10n;
  return scaled === small;
}

/** What is left of an integer that passed through a double, or was printed with the 15 to 17 digits of one. */
function lostDigits(reported: bigint, recomputed: bigint): boolean {
  const size = abs(recomputed);
  if (size <= BigInt(Number.MAX_SAFE_INTEGER) || reported < 0n !== recomputed < 0n) return false;
  const left = abs(reported);
  if (BigInt(Number(size)) === left) return true;
  return [15, 16, 17].some((digits) => {
    const scale = 10n ** BigInt(Math.max(0, size.toString().length - digits));
    const cut = (size / scale) * scale;
    return left === cut || left === cut + scale;
  });
}
