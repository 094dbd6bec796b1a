import { max, min } from "@shortfall/math";
import { type Fraction, ratio, reduce } from "../fraction.js";

export interface PoolPosition {
  readonly cash: bigint;
  /** Each loan with what seizure would repay of it. Deficits do not net between loans. */
  readonly loans: readonly { readonly owed: bigint; readonly recoverable: bigint }[];
  readonly reserves: bigint;
  readonly insurance: bigint;
  /** Deficit already recognised and not yet covered. */
  readonly recordedDeficit: bigint;
  /** What suppliers ask for now. */
  readonly withdrawalDemand: bigint;
}

export type SolvencyLevel = "sound" | "covered-by-reserves" | "covered-by-insurance" | "insolvent";

export interface PoolSolvency {
  readonly level: SolvencyLevel;
  readonly bookAssets: bigint;
  readonly supplierClaims: bigint;
  readonly grossShortfall: bigint;
  readonly fromReserves: bigint;
  readonly fromInsurance: bigint;
  readonly uncovered: bigint;
  /** uncovered / supplier claims, lowest terms. */
  readonly haircut: Fraction;
  readonly illiquid: boolean;
  readonly liquidityGap: bigint;
  /** (book − gross + insurance) / claims, for showing; may exceed 1 while the pool is illiquid. */
  readonly solvencyRatio: number;
}

/** Solvency of a pool: reserves, then insurance, then suppliers. Liquidity is a separate question. */
export function poolSolvency(pool: PoolPosition): PoolSolvency {
  let owed = 0n;
  let gross = pool.recordedDeficit;
  for (const loan of pool.loans) {
    owed += loan.owed;
    gross += max(0n, loan.owed - loan.recoverable);
  }
  const bookAssets = pool.cash + owed + pool.recordedDeficit;
  const supplierClaims = bookAssets - pool.reserves;
  const fromReserves = min(gross, max(0n, pool.reserves));
  const fromInsurance = min(gross - fromReserves, pool.insurance);
  const uncovered = gross - fromReserves - fromInsurance;
  const liquidityGap = max(0n, pool.withdrawalDemand - pool.cash);
  return {
    level:
      uncovered > 0n
        ? "insolvent"
        : fromInsurance > 0n
          ? "covered-by-insurance"
          : fromReserves > 0n
            ? "covered-by-reserves"
            : "sound",
    bookAssets,
    supplierClaims,
    grossShortfall: gross,
    fromReserves,
    fromInsurance,
    uncovered,
    haircut:
      supplierClaims > 0n
        ? reduce({ numerator: uncovered, denominator: supplierClaims })
        : { numerator: 0n, denominator: 1n },
    illiquid: liquidityGap > 0n,
    liquidityGap,
    solvencyRatio: supplierClaims > 0n ? ratio(bookAssets - gross + pool.insurance, supplierClaims) : 1,
  };
}
