import { DecimalError } from "../errors.js";
import { MAX_UINT256 } from "../range.js";
import { fromInteger, parseDecimal, toInteger } from "./number.js";

export interface ParseOptions {
  /** Accept a minus sign. Off unless asked for: most amounts cannot be negative. */
  readonly signed?: boolean;
}

/**
 * Base units of a typed token amount: `parseAmount("1.5", 6)` is 1500000n. Exact or an error, never rounded.
 *
 * @throws {DecimalError} not a number, negative, more decimals than the token has, or above uint256.
 */
export function parseAmount(text: string, decimals: number, options: ParseOptions = {}): bigint {
  requireDecimals(decimals);
  const value = parseDecimal(text);
  if (value.isNegative() && !value.isZero() && options.signed !== true) {
    throw new DecimalError(text, "it is negative");
  }
  const scaled = value.shiftedBy(decimals);
  if (!scaled.isInteger()) {
    throw new DecimalError(text, `it has more than the ${decimals} decimals of the token`);
  }
  const units = toInteger(scaled);
  if ((units < 0n ? -units : units) > MAX_UINT256) throw new DecimalError(text, "it does not fit 256 bits");
  return units;
}

export interface FormatOptions {
  /** Groups of three digits before the point, separated by this. */
  readonly group?: string;
  /** Keep trailing zeros, so that columns align. */
  readonly padded?: boolean;
}

/**
 * Text of base units at full precision: `formatAmount(1500000n, 6)` is "1.5". Never an exponent, never
 * rounded; `parseAmount` reads it back to the same integer (ungrouped).
 */
export function formatAmount(units: bigint, decimals: number, options: FormatOptions = {}): string {
  requireDecimals(decimals);
  const text = fromInteger(units).shiftedBy(-decimals).toFixed(decimals);
  const point = text.indexOf(".");
  const whole = point < 0 ? text : text.slice(0, point);
  let fraction = point < 0 ? "" : text.slice(point);
  if (options.padded !== true) fraction = fraction.replace(/0+$/, "").replace(/^\.$/, "");
  const grouped = options.group === undefined ? whole : whole.replace(/\B(?=(\d{3})+$)/g, options.group);
  return grouped + fraction;
}

function requireDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 255) {
    throw new DecimalError(String(decimals), "a token has a whole number of decimals from 0 to 255");
  }
}
