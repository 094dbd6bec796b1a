import type { LedgerReader } from "@shortfall/core";
import { ratio } from "../fraction.js";
import type { SimulatedPosition } from "./settings.js";

/**
 * Borrowers of a pool as a simulation takes them, straight from the books: those who owe and have posted the
 * asset. The account comes along; amounts become doubles here and never come back as claims.
 */
export function ledgerPositions(
  ledger: LedgerReader,
  pool: string,
  collateral: { readonly asset: string; readonly decimals: number },
): (SimulatedPosition & { readonly account: string })[] {
  const debtUnit = 10n ** BigInt(ledger.definition(pool).decimals);
  const collateralUnit = 10n ** BigInt(collateral.decimals);
  return [...ledger.borrowers(pool)].map(({ account, assets }) => ({
    account,
    debt: ratio(assets, debtUnit),
    collateral: ratio(ledger.collateral(pool, account, collateral.asset), collateralUnit),
  }));
}
