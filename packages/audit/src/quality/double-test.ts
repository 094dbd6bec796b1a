import { isFraction, magnitudeOf, type Numeral } from "../documents/index.js";

/** Numbers of more digits than any 256-bit integer are not tested. */
const WIDEST = 78;
const MANTISSA_BITS = 53;
/** Of 32 numbers out of a double's mantissa, 31 have at least so many significant bits. */
const FULL_BITS = 49;

/** What the bits of an integer say about a double it may have passed through. */
export interface DoubleTest {
  /** One in 2^excess integers of this size is a double by accident. */
  readonly excess: number;
  /**
   * `full`: a double, its mantissa filled as a computation fills it. `short`: a double for another reason, such as a
   * power of two or a fixed number of binary places. `none`: no double.
   */
  readonly fit: "full" | "short" | "none";
}

/**
 * Whether an integer is one that a 64-bit float holds exactly, and how surprising that is. Trailing decimal zeros
 * are taken out first: round amounts are divisible by powers of two for a reason that has nothing to do with floats.
 * Undefined where nothing can be told: fractions, and integers that any double could hold.
 */
export function testDouble(numeral: Numeral): DoubleTest | undefined {
  const { digits, exponent } = numeral;
  if (exponent < 0 || digits.length < 16 - Math.min(exponent, 15) || magnitudeOf(numeral) > WIDEST)
    return undefined;
  const odd = BigInt(digits) * 5n ** BigInt(exponent);
  const bits = bitLength(odd);
  const excess = bits - MANTISSA_BITS;
  if (excess <= 0) return undefined;
  const significant = bits - trailingZeroBits(odd);
  return { excess, fit: significant > MANTISSA_BITS ? "none" : significant >= FULL_BITS ? "full" : "short" };
}

const bitLength = (value: bigint): number => value.toString(2).length;

function trailingZeroBits(value: bigint): number {
  const text = value.toString(2);
  return text.length - text.lastIndexOf("1") - 1;
}

/** An integer above 2^53, and whether a double holds it. Undefined for anything else. */
export function aboveMantissa(numeral: Numeral): { readonly exact: boolean } | undefined {
  if (isFraction(numeral) || magnitudeOf(numeral) < 16 || magnitudeOf(numeral) > WIDEST) return undefined;
  const value = BigInt(numeral.digits) * 10n ** BigInt(numeral.exponent);
  if (value <= 1n << 53n) return undefined;
  return { exact: bitLength(value) - trailingZeroBits(value) <= MANTISSA_BITS };
}
