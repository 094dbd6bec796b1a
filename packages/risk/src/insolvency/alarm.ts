import { compareFractions, type Fraction } from "../fraction.js";

/** An alarm band: entered below `enter`, left at or above `exit`. */
export interface AlarmBand {
  readonly name: string;
  readonly enter: Fraction;
  readonly exit: Fraction;
}

/**
 * Alarm state after each ratio. Bands come worst first, each with exit > enter, so that a ratio on the line
 * does not flicker. A worse band is entered at once; a better one is reached one band at a time.
 */
export function triggerSeries(
  ratios: readonly Fraction[],
  bands: readonly AlarmBand[],
  calm = "ok",
): string[] {
  let state = bands.length;
  return ratios.map((ratio) => {
    const worst = bands.findIndex((band) => compareFractions(ratio, band.enter) < 0);
    if (worst >= 0 && worst < state) state = worst;
    else while (state < bands.length && compareFractions(ratio, bands[state]!.exit) >= 0) state++;
    return bands[state]?.name ?? calm;
  });
}
