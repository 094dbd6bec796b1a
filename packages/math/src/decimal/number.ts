import { BigNumber } from "bignumber.js";
import { DecimalError } from "../errors.js";

/**
 * Our own constructor: nothing a host does to the shared BigNumber's settings changes a digit here, and
 * nothing here changes the host's.
 */
export const Decimal = BigNumber.clone({
  DECIMAL_PLACES: 100,
  ROUNDING_MODE: BigNumber.ROUND_DOWN,
  EXPONENTIAL_AT: 1e9,
  RANGE: 1e9,
});

/** Digits, optionally with single underscores between them, a fraction, and an exponent. */
const NUMBER = /^[+-]?(\d+(_\d+)*)?(\.\d+(_\d+)*)?([eE][+-]?\d{1,4})?$/;

/**
 * The exact number that `text` writes: `12.5`, `1_000`, `1e-18`, ` 7 `.
 *
 * @throws {DecimalError} anything else: empty, NaN, Infinity, hex, thousands commas, two points.
 */
export function parseDecimal(text: string): BigNumber {
  const trimmed = text.trim();
  if (trimmed === "") throw new DecimalError(text, "it is empty");
  if (trimmed.includes(",")) {
    throw new DecimalError(text, "write the fraction after a point and group digits with _, not with commas");
  }
  if (!NUMBER.test(trimmed) || !/\d/.test(trimmed.split(/[eE]/)[0]!)) {
    throw new DecimalError(text, "it is not a plain decimal number");
  }
  return new Decimal(trimmed.replaceAll("_", ""));
}

/** The integer a whole BigNumber holds. */
export const toInteger = (value: BigNumber): bigint => BigInt(value.toFixed(0));

/** A bigint as a BigNumber, exactly. */
export const fromInteger = (value: bigint): BigNumber => new Decimal(value.toString());
