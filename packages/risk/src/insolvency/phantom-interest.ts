/** Interest booked on a debt that could no longer be collected. Base units. */
export interface PhantomInterest {
  readonly interest: bigint;
  /** The part the protocol booked as its own; rounds down. */
  readonly reserves: bigint;
}

/**
 * debt now − debt when it became uncollectable + what was repaid since: income that nobody will pay.
 *
 * @param reserveFactorBps part of interest booked as reserves, hundredths of a percent.
 */
export function phantomInterest(
  debtThen: bigint,
  debtNow: bigint,
  repaidSince: bigint,
  reserveFactorBps: bigint,
): PhantomInterest {
  const interest = debtNow - debtThen + repaidSince;
  return { interest, reserves: (interest * reserveFactorBps) / 10_000n };
}
