import { add, subtract } from "./arithmetic.js";
import type { Market } from "./market.js";
import type { Step } from "./step.js";
import { borrowBalanceStored } from "./valuation.js";

/** Writes an account's debt as of now. The index is reset even when nothing is left, as in the contracts. */
export function writeDebt(step: Step, market: Market, account: number, debtAssets: bigint): void {
  step.debtMoves.push({
    account,
    market,
    assets: debtAssets - borrowBalanceStored(market, account),
  });
  step.accounts.add(account);
  step.touch(market);
  market.principal.set(account, debtAssets);
  market.interestIndex.set(account, market.borrowIndex);
}

/**
 * Repays exactly `amount`: tokens in, debt and totalBorrows down, RepayBorrow.
 *
 * More than the debt, or than totalBorrows where truncation has made that smaller, panics.
 */
export function repayExactly(
  step: Step,
  market: Market,
  payer: string,
  borrower: string,
  amount: bigint,
): void {
  const account = step.pool.accounts.intern(borrower);
  const debt = borrowBalanceStored(market, account);
  step.moveTokens(step.pool.assetOf(market), payer, market.token, amount);
  const left = subtract(debt, amount);
  const totalBorrows = subtract(market.totalBorrows, amount);
  writeDebt(step, market, account, left);
  market.totalBorrows = totalBorrows;
  step.emit(market.token, "RepayBorrow", {
    payer,
    borrower,
    repayAmount: amount,
    accountBorrows: left,
    totalBorrows,
  });
}

/** Lends `amount`: debt and totalBorrows up, tokens out, Borrow. Cash and solvency were tested before. */
export function lendExactly(step: Step, market: Market, borrower: string, amount: bigint): void {
  const account = step.pool.accounts.intern(borrower);
  const debt = add(borrowBalanceStored(market, account), amount);
  const totalBorrows = add(market.totalBorrows, amount);
  writeDebt(step, market, account, debt);
  market.totalBorrows = totalBorrows;
  step.moveTokens(step.pool.assetOf(market), market.token, borrower, amount);
  step.emit(market.token, "Borrow", { borrower, borrowAmount: amount, accountBorrows: debt, totalBorrows });
}
