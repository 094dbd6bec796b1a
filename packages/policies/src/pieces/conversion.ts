import { BPS, min } from "@shortfall/math";

/**
 * A loss turned into another asset with a fee on top. Each step rounds down: the fee, then the value at the
 * two prices.
 */
export interface Conversion {
  /** Price of the pool's asset. */
  readonly priceIn: bigint;
  /** Price of the asset that pays, on the same scale. Positive. */
  readonly priceOut: bigint;
  readonly feeBps: bigint;
}

/** floor(loss·(10000 + fee)/10000). */
export const withFeeDown = (loss: bigint, feeBps: bigint): bigint => (loss * (BPS + feeBps)) / BPS;

/** Units of the paying asset that a loss with its fee is worth, rounded down twice. */
export const wantedUnitsDown = (loss: bigint, conversion: Conversion): bigint =>
  (withFeeDown(loss, conversion.feeBps) * conversion.priceIn) / conversion.priceOut;

/** What a stake pool pays of a loss. */
export interface Slash {
  readonly withFee: bigint;
  readonly wanted: bigint;
  readonly slashed: bigint;
  /** Of the loss. A cut slash covers floor(loss·slashed/wanted). */
  readonly covered: bigint;
  /** Collected on top, covers nothing; scaled with the slash and rounded down. */
  readonly fee: bigint;
}

/**
 * Slashes up to `available` units for a loss (Umbrella `slashReserveDeficit`). Nothing is covered where the
 * loss is worth less than one unit.
 */
export function slashFor(loss: bigint, available: bigint, conversion: Conversion): Slash {
  const withFee = withFeeDown(loss, conversion.feeBps);
  const wanted = wantedUnitsDown(loss, conversion);
  const slashed = min(wanted, available);
  if (slashed === 0n) return { withFee, wanted, slashed, covered: 0n, fee: 0n };
  if (slashed === wanted) return { withFee, wanted, slashed, covered: loss, fee: withFee - loss };
  return {
    withFee,
    wanted,
    slashed,
    covered: (loss * slashed) / wanted,
    fee: ((withFee - loss) * slashed) / wanted,
  };
}

/**
 * Largest loss whose wanted units are at most `available`, so that it is covered in full.
 *
 * The two floors are inverted in turn: wanted ≤ a ⇔ withFee·in < (a + 1)·out, and withFee(x) ≤ g ⇔
 * x·(10000 + fee) < (g + 1)·10000.
 */
export function coverableLoss(available: bigint, conversion: Conversion): bigint {
  if (available === 0n || conversion.priceIn === 0n) return 0n;
  const withFee = ((available + 1n) * conversion.priceOut - 1n) / conversion.priceIn;
  return ((withFee + 1n) * BPS - 1n) / (BPS + conversion.feeBps);
}

/**
 * Most that is covered of any loss, however large: one above {@link coverableLoss}.
 *
 * A larger loss x wants w > a units and is cut to floor(x·a/w). With c the loss per unit, fee included,
 * x < (w + 1)·c + 1 because two floors lose less than one each, so x·a/w < (a + a/w)·c + 1 ≤ (a + 1)·c + 1,
 * while every loss below (a + 1)·c is coverable.
 */
export const mostCovered = (available: bigint, conversion: Conversion): bigint =>
  available === 0n || conversion.priceIn === 0n ? 0n : coverableLoss(available, conversion) + 1n;

/** Units that a recovery buys back, rounded down. The fee is not returned. */
export const returnedUnitsDown = (assets: bigint, conversion: Conversion): bigint =>
  (assets * conversion.priceIn) / conversion.priceOut;
