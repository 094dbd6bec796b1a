import { shortAmount } from "../text/amount.js";

/** A label of an axis of doubles. */
export interface DoubleTick {
  readonly at: number;
  readonly words: string;
}

/** Place of a double on a linear axis from 0, in drawing units; where there is no axis, its beginning. */
export const placeOf = (value: number, max: number, length: number): number =>
  max > 0 && Number.isFinite(value) ? Math.round((value / max) * length * 10) / 10 : 0;

/** Ticks of 1, 2 or 5 times a power of ten from 0 up to `max`: at most `count` above zero, at least one. */
export function doubleTicks(max: number, count: number): DoubleTick[] {
  if (!(max > 0) || !Number.isFinite(max)) return [{ at: 0, words: "0" }];
  const power = Number(max.toExponential().split("e")[1]);
  // From steps that are too fine upwards: the first that leaves few enough.
  for (let exponent = power - 2; ; exponent++) {
    for (const lead of [1, 2, 5]) {
      const ticks = multiples(lead, exponent, max, count + 1);
      if (ticks.length <= count + 1) return ticks;
    }
  }
}

/** 0, 1, 2, … times a step, while they do not pass `max` and there are not too many. */
function multiples(lead: number, exponent: number, max: number, most: number): DoubleTick[] {
  const ticks: DoubleTick[] = [];
  for (let k = 0; k <= most; k++) {
    // Each tick is the double nearest to its own decimal text, so that no error adds up.
    const at = Number(`${k * lead}e${exponent}`);
    if (at > max) break;
    const units = BigInt(k * lead) * 10n ** BigInt(Math.max(0, exponent));
    ticks.push({ at, words: shortAmount(units, Math.max(0, -exponent)) });
  }
  return ticks;
}
