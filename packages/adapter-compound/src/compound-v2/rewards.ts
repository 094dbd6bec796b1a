import type { Market } from "../ctoken/market.js";
import type { Step } from "../ctoken/step.js";

/** Index that every market's COMP distribution starts from. */
const INITIAL_REWARD_INDEX = 10n ** 36n;

/*
 * COMP distribution is outside this model. A Comptroller without COMP speeds still announces each touch, with
 * nothing paid at the initial index; a simulation announces that, an observer passes over such events.
 */

/** Comptroller.distributeSupplierComp without a speed. */
export function announceSupplier(step: Step, market: Market, supplier: string): void {
  step.emit(step.pool.comptroller, "DistributedSupplierComp", {
    cToken: market.token,
    supplier,
    compDelta: 0n,
    compSupplyIndex: INITIAL_REWARD_INDEX,
  });
}

/** Comptroller.distributeBorrowerComp without a speed. */
export function announceBorrower(step: Step, market: Market, borrower: string): void {
  step.emit(step.pool.comptroller, "DistributedBorrowerComp", {
    cToken: market.token,
    borrower,
    compDelta: 0n,
    compBorrowIndex: INITIAL_REWARD_INDEX,
  });
}
