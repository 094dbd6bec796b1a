import { normalCdf } from "../normal.js";

export interface CollateralShortfall {
  /** Probability that the collateral, after the bonus, is worth less than the debt at the horizon. */
  readonly pd: number;
  readonly expectedLoss: number;
  readonly lgd: number;
  /** Probability that it is so at any time before. */
  readonly firstPassagePd: number;
}

/**
 * Loss of a loan against lognormal collateral. The horizon is the time a liquidation takes, not the term of
 * the loan (after Merton 1974).
 */
export function collateralShortfall(input: {
  readonly collateralValue: number;
  readonly debt: number;
  readonly bonus: number;
  readonly drift: number;
  readonly vol: number;
  readonly horizonYears: number;
}): CollateralShortfall {
  const { debt, drift, vol, horizonYears: t } = input;
  const value = input.collateralValue / (1 + input.bonus);
  const spread = vol * Math.sqrt(t);
  const nu = drift - (vol * vol) / 2;
  const d2 = (Math.log(value / debt) + nu * t) / spread;
  const pd = normalCdf(-d2);
  const expectedLoss = debt * pd - value * Math.exp(drift * t) * normalCdf(-d2 - spread);
  const h = Math.log(debt / value);
  const firstPassagePd =
    value <= debt
      ? 1
      : normalCdf((h - nu * t) / spread) +
        Math.exp((2 * nu * h) / (vol * vol)) * normalCdf((h + nu * t) / spread);
  return { pd, expectedLoss, lgd: pd > 0 ? expectedLoss / (pd * debt) : 0, firstPassagePd };
}
