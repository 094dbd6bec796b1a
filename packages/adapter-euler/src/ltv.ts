/** How far a collateral backs debt in a vault; ratios 1e4 = 100 % (`LTVConfig`). */
export interface Ltv {
  readonly borrowLtv: bigint;
  readonly liquidationLtv: bigint;
  /** Where a ramp started. */
  readonly initialLiquidationLtv: bigint;
  /** Seconds since 1970. 0 where the collateral was never recognised. */
  readonly targetTimestamp: bigint;
  readonly rampDuration: bigint;
}

/** Of a collateral that the vault never heard of. */
export const NO_LTV: Ltv = {
  borrowLtv: 0n,
  liquidationLtv: 0n,
  initialLiquidationLtv: 0n,
  targetTimestamp: 0n,
  rampDuration: 0n,
};

/** Once set, a collateral stays recognised, even at an LTV of 0. */
export const isRecognised = (ltv: Ltv): boolean => ltv.targetTimestamp !== 0n;

/**
 * Liquidation LTV at `now`: on its way down from the initial one in a straight line, rounded down; a rise is
 * immediate.
 */
export function liquidationLtvAt(ltv: Ltv, now: bigint): bigint {
  const { liquidationLtv, initialLiquidationLtv, targetTimestamp, rampDuration } = ltv;
  if (now >= targetTimestamp || liquidationLtv >= initialLiquidationLtv || rampDuration === 0n) {
    return liquidationLtv;
  }
  return liquidationLtv + ((initialLiquidationLtv - liquidationLtv) * (targetTimestamp - now)) / rampDuration;
}
