import { BigNumber } from "bignumber.js";
import { DecimalError } from "../errors.js";
import { WAD } from "../fixed-point.js";
import { fromInteger, parseDecimal, toInteger } from "./number.js";

/**
 * A ratio as a wad (1e18 = 100 %): `0.05`, `5%` and `500bps` are the same. Exact or an error.
 *
 * @throws {DecimalError} not a number, negative, or finer than 1e-18.
 */
export function parseRatio(text: string): bigint {
  const trimmed = text.trim();
  const shift = trimmed.endsWith("%") ? 2 : trimmed.endsWith("bps") ? 4 : 0;
  const value = parseDecimal(trimmed.replace(/\s*(%|bps)$/, ""));
  if (value.isNegative() && !value.isZero()) throw new DecimalError(text, "a ratio is not negative");
  const scaled = value.shiftedBy(18 - shift);
  if (!scaled.isInteger()) throw new DecimalError(text, "it is finer than 1e-18");
  return toInteger(scaled);
}

/** Direction in which shown digits are cut. */
export type ShownRounding = "down" | "up" | "half-up";

const MODES = {
  down: BigNumber.ROUND_DOWN,
  up: BigNumber.ROUND_UP,
  "half-up": BigNumber.ROUND_HALF_UP,
} as const;

/**
 * A wad as a percentage for people, `places` digits after the point: `formatPercent(WAD / 3n, 2, "down")` is
 * "33.33%". Only for showing: nothing computed may start from it.
 */
export function formatPercent(wad: bigint, places: number, rounding: ShownRounding): string {
  return `${fromInteger(wad).shiftedBy(-16).toFixed(places, MODES[rounding])}%`;
}

/**
 * numerator / denominator as a percentage for people. "–" where the denominator is 0.
 */
export function formatShare(
  numerator: bigint,
  denominator: bigint,
  places: number,
  rounding: ShownRounding,
): string {
  if (denominator === 0n) return "–";
  const percent = fromInteger(numerator * 100n).dividedBy(fromInteger(denominator));
  return `${percent.toFixed(places, MODES[rounding])}%`;
}

/** A wad in full, without trailing zeros: `formatWad(WAD / 2n)` is "0.5". */
export function formatWad(wad: bigint): string {
  return fromInteger(wad).dividedBy(fromInteger(WAD)).toFixed();
}
