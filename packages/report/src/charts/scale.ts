import { abs } from "@shortfall/math";

/**
 * Position on a linear axis from 0, in tenths of a drawing unit, by integers: exact for 1 wei and for 10^30
 * alike. Rounded half away from zero.
 *
 * @throws {RangeError} the axis has no length: a chart of nothing is not drawn.
 */
export function tenthsOf(value: bigint, max: bigint, length: number): number {
  if (max <= 0n) throw new RangeError(`An axis runs from 0 to a positive amount, not to ${max}.`);
  const tenths = (2n * abs(value) * BigInt(Math.round(length * 10)) + max) / (2n * max);
  return Number(value < 0n ? -tenths : tenths);
}

/** Drawing units of `tenthsOf`. */
export const lengthOf = (value: bigint, max: bigint, length: number): number =>
  tenthsOf(value, max, length) / 10;

/** A coordinate as it is written: one decimal at most, never an exponent or a negative zero. */
export function coordinate(value: number): string {
  const tenths = Math.round(value * 10);
  const sign = tenths < 0 ? "-" : "";
  const size = Math.abs(tenths);
  return `${sign}${Math.floor(size / 10)}${size % 10 === 0 ? "" : `.${size % 10}`}`;
}

/** Steps of 1, 2 or 5 times a power of ten from 0 up to `max`: at most `count` (2 or more) above zero, at least one. */
export function ticksOf(max: bigint, count: number): bigint[] {
  if (max <= 0n) return [0n];
  let step = 1n;
  for (let turn = 0; max / step > BigInt(count); turn++) step = turn % 3 === 1 ? (step * 5n) / 2n : step * 2n;
  const ticks: bigint[] = [];
  for (let at = 0n; at <= max; at += step) ticks.push(at);
  return ticks;
}

/** The same for counts and seconds, which are small. */
export const numberTicks = (max: number, count: number): number[] =>
  ticksOf(BigInt(Math.max(0, Math.floor(max))), count).map(Number);
