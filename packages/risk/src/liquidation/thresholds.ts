/** Loan-to-value lines of a market, as fractions of 1. */
export interface Thresholds {
  /** Above it a liquidation raises the loan-to-value: 1/(1 + bonus). */
  readonly toxicLtv: number;
  /** Price fall from the threshold to the toxic line. */
  readonly dropToToxic: number;
  /** Price fall from the threshold to negative equity. */
  readonly dropToInsolvent: number;
  /** Largest bonus for which a healthy account can always repay through liquidation. */
  readonly maxSafeBonus: number;
  readonly wellPosed: boolean;
}

/** Warmuz, Chaudhary and Pinna 2022: the toxic liquidation spiral. */
export function thresholds(lt: number, bonus: number): Thresholds {
  return {
    toxicLtv: 1 / (1 + bonus),
    dropToToxic: 1 - lt * (1 + bonus),
    dropToInsolvent: 1 - lt,
    maxSafeBonus: 1 / lt - 1,
    wellPosed: lt * (1 + bonus) < 1,
  };
}

export interface TargetRepayment {
  readonly repay: number;
  readonly seizeValue: number;
  /** 0 ≤ repay ≤ debt and the collateral suffices. */
  readonly feasible: boolean;
}

/** The repayment that brings a position to a target health factor. */
export function repayToTarget(
  collateral: number,
  debt: number,
  lt: number,
  bonus: number,
  targetHf: number,
): TargetRepayment {
  const repay = (targetHf * debt - lt * collateral) / (targetHf - lt * (1 + bonus));
  const seizeValue = repay * (1 + bonus);
  return { repay, seizeValue, feasible: repay >= 0 && repay <= debt && seizeValue <= collateral };
}

export interface TwoStepLiquidation {
  readonly repay1: number;
  readonly repay2: number;
  readonly profitOptimal: number;
  readonly profitCloseFactor: number;
  /** (optimal − single) / single. */
  readonly gain: number;
  readonly gainClosedForm: number;
}

/**
 * What a liquidator gains by splitting: the first call leaves the position exactly at a health factor of 1,
 * the second takes the close factor of the rest (Qin et al. 2021).
 */
export function optimalTwoStep(
  collateral: number,
  debt: number,
  lt: number,
  bonus: number,
  closeFactor: number,
): TwoStepLiquidation {
  const room = 1 - lt * (1 + bonus);
  const repay1 = (debt - lt * collateral) / room;
  const repay2 = closeFactor * (debt - repay1);
  const profitOptimal = bonus * (repay1 + repay2);
  const profitCloseFactor = bonus * closeFactor * debt;
  return {
    repay1,
    repay2,
    profitOptimal,
    profitCloseFactor,
    gain: profitOptimal / profitCloseFactor - 1,
    gainClosedForm: (((1 - closeFactor) / closeFactor) * (1 - (lt * collateral) / debt)) / room,
  };
}
