import { RiskInputError } from "./errors.js";

/** An exact ratio of integers, denominator positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The exact value of a decimal text: levels such as a confidence of "0.07" must not pass through a double,
 * where 100 × 0.07 rounds up to 8.
 *
 * @throws {RiskInputError} it is not a plain decimal.
 */
export function parseFraction(text: string, field = "level"): Fraction {
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  const digits = `${match?.[2] ?? ""}${match?.[3] ?? ""}`;
  if (!match || digits === "") throw new RiskInputError(field, "a decimal number as text", text);
  const exponent = Number(match[4] ?? 0) - (match[3] ?? "").length;
  const sign = match[1] === "-" ? -1n : 1n;
  const value = sign * BigInt(digits);
  return exponent >= 0
    ? { numerator: value * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: value, denominator: 10n ** BigInt(-exponent) };
}

/** Lowest terms; 0 becomes 0/1. */
export function reduce({ numerator, denominator }: Fraction): Fraction {
  let a = numerator < 0n ? -numerator : numerator;
  let b = denominator;
  while (b > 0n) [a, b] = [b, a % b];
  return a === 0n
    ? { numerator: 0n, denominator: 1n }
    : { numerator: numerator / a, denominator: denominator / a };
}

/** Negative, 0 or positive, exactly. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The nearest double to numerator / denominator, to about an ulp whatever their size. For display only. */
export function ratio(numerator: bigint, denominator: bigint): number {
  if (numerator < 0n) return -ratio(-numerator, denominator);
  if (numerator === 0n) return 0;
  // Keep some 64 significant bits of the quotient, then scale back by a power of two, which is exact.
  const shift = 64 + denominator.toString(2).length - numerator.toString(2).length;
  const quotient =
    shift > 0 ? (numerator << BigInt(shift)) / denominator : numerator / (denominator << BigInt(-shift));
  return Number(quotient) * 2 ** -shift;
}

export const ceilDiv = (a: bigint, b: bigint): bigint => (a >= 0n ? (a + b - 1n) / b : a / b);
