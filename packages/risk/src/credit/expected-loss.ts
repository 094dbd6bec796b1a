/** IFRS 9 stages: performing, significantly worse, impaired. */
export type CreditStage = 1 | 2 | 3;

/** One year of a loan's life. */
export interface CreditPeriod {
  readonly ead: number;
  readonly pdMarginal: number;
  readonly lgd: number;
}

/**
 * Expected credit loss: Σ EAD·PD·LGD/(1 + rate)^t. Stage 1 counts the first year only, stage 3 is EAD·LGD.
 */
export function expectedCreditLoss(
  periods: readonly CreditPeriod[],
  rate: number,
  stage: CreditStage,
): number {
  if (stage === 3) return periods[0]!.ead * periods[0]!.lgd;
  return periods
    .slice(0, stage === 1 ? 1 : undefined)
    .reduce((sum, { ead, pdMarginal, lgd }, k) => sum + (ead * pdMarginal * lgd) / (1 + rate) ** (k + 1), 0);
}
