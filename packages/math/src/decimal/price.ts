import { DecimalError } from "../errors.js";
import { fromInteger, parseDecimal, toInteger } from "./number.js";

/**
 * A price as an integer of `scale` decimals: `parsePrice("1999.5", 8)` is 199950000000n. Exact or an error.
 *
 * @throws {DecimalError} not a number, zero or negative, or finer than the scale.
 */
export function parsePrice(text: string, scale: number): bigint {
  const value = parseDecimal(text);
  if (value.isNegative() || value.isZero()) throw new DecimalError(text, "a price is above zero");
  const scaled = value.shiftedBy(scale);
  if (!scaled.isInteger()) throw new DecimalError(text, `it is finer than ${scale} decimals`);
  return toInteger(scaled);
}

/** Text of a scaled price in full: `formatPrice(199950000000n, 8)` is "1999.5". */
export function formatPrice(price: bigint, scale: number): string {
  return fromInteger(price).shiftedBy(-scale).toFixed();
}
