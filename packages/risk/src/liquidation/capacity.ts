/** A constant-product pool of collateral against debt asset. */
export interface CpmmPool {
  readonly reserveCollateral: number;
  readonly reserveDebt: number;
  /** Fraction of the input kept outside the reserves. */
  readonly fee: number;
}

export interface CpmmCapacity {
  /** Most collateral one refill of the pool takes at no loss to the liquidator, and the debt it repays. */
  readonly breakEvenSeize: number;
  readonly breakEvenRepay: number;
  /** What a liquidator seeking profit takes. */
  readonly optSeize: number;
  readonly optRepay: number;
  readonly optProfit: number;
  /** Gas above which nobody liquidates at all. */
  readonly maxGasForAny: number;
  /** Pool price over oracle price below which nothing is profitable. */
  readonly minOracleRatio: number;
}

/** What one refill of a pool can liquidate at an oracle price and bonus. Both seizures are floored at 0. */
export function cpmmCapacity(pool: CpmmPool, oraclePrice: number, bonus: number): CpmmCapacity {
  const { reserveCollateral: x, reserveDebt: y } = pool;
  const g = 1 - pool.fee;
  const repayOf = (seize: number): number => (seize * oraclePrice) / (1 + bonus);
  const breakEvenSeize = Math.max(0, (y * (1 + bonus)) / oraclePrice - x / g);
  const optSeize = optimalSeizure(x, y, g, oraclePrice, bonus);
  const optProfit = optSeize > 0 ? (y * g * optSeize) / (x + g * optSeize) - repayOf(optSeize) : 0;
  return {
    breakEvenSeize,
    breakEvenRepay: repayOf(breakEvenSeize),
    optSeize,
    optRepay: repayOf(optSeize),
    optProfit,
    maxGasForAny: optProfit,
    minOracleRatio: 1 / (g * (1 + bonus)),
  };
}

/** Seizure at which selling one more unit no longer pays; 0 where nothing does. g = 1 − fee. */
export function optimalSeizure(x: number, y: number, g: number, oraclePrice: number, bonus: number): number {
  return Math.max(0, (Math.sqrt((g * x * y * (1 + bonus)) / oraclePrice) - x) / g);
}

export interface ImpactCapacity {
  readonly maxSlippage: number;
  readonly maxSeizeValue: number;
}

/**
 * Largest sale within the bonus under square-root impact: slippage = coefficient · daily volatility ·
 * √(sale / daily volume).
 */
export function sqrtImpactCapacity(
  dailyVolume: number,
  dailyVol: number,
  coefficient: number,
  bonus: number,
): ImpactCapacity {
  const maxSlippage = bonus / (1 + bonus);
  return { maxSlippage, maxSeizeValue: dailyVolume * (maxSlippage / (coefficient * dailyVol)) ** 2 };
}
