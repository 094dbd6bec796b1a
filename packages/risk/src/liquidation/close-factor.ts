export interface CloseFactorSettings {
  readonly lt: number;
  readonly bonus: number;
  readonly closeFactor: number;
  /** Below this health factor a call may close the whole debt. */
  readonly fullCloseBelowHf?: number;
  readonly maxSteps: number;
}

export interface CloseFactorStep {
  readonly repay: number;
  readonly collateral: number;
  readonly debt: number;
  /** null once no collateral is left. */
  readonly ltv: number | null;
}

export interface CloseFactorSequence {
  readonly steps: readonly CloseFactorStep[];
  readonly stop: "healthy" | "collateral-exhausted" | "max-steps";
  readonly badDebt: number;
}

/**
 * Repeated liquidations at the close factor until the position is healthy or empty. From above the toxic
 * loan-to-value each step raises it, and the sequence ends in bad debt.
 */
export function closeFactorSequence(
  collateral: number,
  debt: number,
  settings: CloseFactorSettings,
): CloseFactorSequence {
  const { lt, bonus, closeFactor, maxSteps } = settings;
  const steps: CloseFactorStep[] = [];
  while (debt > 0 && collateral * lt < debt) {
    if (steps.length === maxSteps) return { steps, stop: "max-steps", badDebt: 0 };
    const hf = (collateral * lt) / debt;
    const limit = collateral / (1 + bonus);
    const wanted = hf < (settings.fullCloseBelowHf ?? 0) ? debt : closeFactor * debt;
    const repay = Math.min(wanted, limit);
    const exhausted = repay === limit;
    collateral = exhausted ? 0 : collateral - repay * (1 + bonus);
    debt -= repay;
    steps.push({ repay, collateral, debt, ltv: collateral > 0 ? debt / collateral : null });
    if (exhausted) return { steps, stop: "collateral-exhausted", badDebt: debt };
  }
  return { steps, stop: "healthy", badDebt: 0 };
}
