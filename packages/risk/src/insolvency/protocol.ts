import type { Fraction } from "../fraction.js";
import { type PoolPosition, poolSolvency } from "./pool.js";

export interface PricedPool extends PoolPosition {
  /** Value of a base unit of the pool's asset in the common unit. */
  readonly price: Fraction;
}

/** Amounts in the common unit, exact. */
export interface ProtocolSolvency {
  readonly uncoveredByPool: readonly Fraction[];
  readonly uncoveredTotal: Fraction;
  /** Σ (reserves + insurance − gross shortfall): what netting between pools would claim. */
  readonly nettedBuffer: Fraction;
  readonly insolventPools: number;
  /** A pool is insolvent, and netting would hide it. */
  readonly maskedByNetting: boolean;
}

/** Solvency of pools together. Nothing nets across pools; the netted figure is there to expose the mask. */
export function protocolSolvency(pools: readonly PricedPool[]): ProtocolSolvency {
  const solvencies = pools.map(poolSolvency);
  const denominator = pools.reduce((product, { price }) => product * price.denominator, 1n);
  const valued = (amount: bigint, price: Fraction): bigint =>
    (amount * price.numerator * denominator) / price.denominator;
  const uncovered = solvencies.map((solvency, k) => valued(solvency.uncovered, pools[k]!.price));
  const total = uncovered.reduce((a, b) => a + b, 0n);
  const netted = solvencies.reduce((sum, solvency, k) => {
    const { reserves, insurance, price } = pools[k]!;
    return sum + valued(reserves + insurance - solvency.grossShortfall, price);
  }, 0n);
  return {
    uncoveredByPool: uncovered.map((numerator) => ({ numerator, denominator })),
    uncoveredTotal: { numerator: total, denominator },
    nettedBuffer: { numerator: netted, denominator },
    insolventPools: solvencies.filter((solvency) => solvency.level === "insolvent").length,
    maskedByNetting: netted >= 0n && total > 0n,
  };
}
