import { WAD } from "@shortfall/math";
import { add, subtract, wadDiv, wadMul } from "../ctoken/arithmetic.js";
import { writeDebt } from "../ctoken/debt.js";
import type { Market } from "../ctoken/market.js";
import { refuse } from "../ctoken/refusal.js";
import type { Step } from "../ctoken/step.js";
import { borrowBalanceStored } from "../ctoken/valuation.js";
import { accrueInterest } from "./accrual.js";
import { seize } from "./liquidation.js";
import { snapshotOf } from "./liquidity.js";
import type { VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

type Healing = Extract<VenusOperation, { kind: "healAccount" }>;

/**
 * Closes a small insolvent account: the payer takes all collateral for the part of the debts that it is
 * worth less the incentive; the rest becomes the markets' bad debt.
 *
 * Mirrors Comptroller.healAccount. Tokens and debt of a market are read before its own step.
 */
export function healAccount(state: VenusState, step: Step, operation: Healing): void {
  const { pool } = step;
  const { payer, account: healed, repaid } = operation;
  const account = pool.accounts.intern(healed);
  const markets = pool.memberships.of(account).flatMap((index) => pool.markets[index] ?? []);
  for (const market of markets) accrueInterest(state, step, market);
  let part: bigint | undefined;
  step.check(() => {
    part = coveredPart(step, account);
  });
  for (const market of markets) {
    const tokens = market.tokens.get(account);
    const debt = borrowBalanceStored(market, account);
    const paid = step.priced(
      `HealBorrow.repayAmount of ${market.parameters.symbol}`,
      repaid === undefined ? undefined : (repaid.get(market) ?? 0n),
      () => (part === undefined ? (repaid?.get(market) ?? 0n) : wadMul(part, debt)),
    );
    if (tokens !== 0n) seize(state, step, market, payer, healed, tokens);
    if (debt !== 0n) healBorrow(step, market, payer, healed, paid);
  }
  step.seal("heal", healed);
}

/** Part of every debt that the payer repays, mantissa: collateral/(debts·incentive), rounded down. */
function coveredPart(step: Step, account: number): bigint {
  const { pool } = step;
  const { totalCollateral, borrows, shortfall } = snapshotOf(pool, account, "liquidationThresholdWad");
  if (totalCollateral > pool.minLiquidatableCollateral)
    refuse("CollateralExceedsThreshold", pool.minLiquidatableCollateral, totalCollateral);
  if (shortfall === 0n) refuse("InsufficientShortfall");
  const scaled = wadMul(borrows, pool.liquidationIncentiveWad);
  const part = wadDiv(totalCollateral, scaled);
  if (part > WAD) refuse("CollateralExceedsThreshold", scaled, totalCollateral);
  return part;
}

/**
 * Repays part of a debt and turns the rest into bad debt. Where truncation has made totalBorrows smaller than
 * the debts, the last one cannot be healed: it panics and stays unrecognised.
 *
 * Mirrors VToken.healBorrow. The second RepayBorrow, by the market itself, is a write-off and moves no cash.
 */
function healBorrow(step: Step, market: Market, payer: string, borrower: string, repayAmount: bigint): void {
  const account = step.pool.accounts.intern(borrower);
  const debt = borrowBalanceStored(market, account);
  let totalBorrows = market.totalBorrows;
  if (repayAmount !== 0n) {
    step.moveTokens(step.pool.assetOf(market), payer, market.token, repayAmount);
    totalBorrows = subtract(totalBorrows, repayAmount);
    step.emit(market.token, "RepayBorrow", {
      payer,
      borrower,
      repayAmount,
      accountBorrows: subtract(debt, repayAmount),
      totalBorrows,
    });
  }
  const badDebtDelta = subtract(debt, repayAmount);
  if (badDebtDelta !== 0n) {
    const badDebtOld = market.badDebt;
    const badDebtNew = add(badDebtOld, badDebtDelta);
    totalBorrows = subtract(totalBorrows, badDebtDelta);
    market.badDebt = badDebtNew;
    step.emit(market.token, "RepayBorrow", {
      payer: market.token,
      borrower,
      repayAmount: badDebtDelta,
      accountBorrows: 0n,
      totalBorrows,
    });
    step.recognised.push({ market, account, amountAssets: badDebtDelta, log: step.logs.length });
    step.emit(market.token, "BadDebtIncreased", { borrower, badDebtDelta, badDebtOld, badDebtNew });
  }
  writeDebt(step, market, account, 0n);
  market.totalBorrows = totalBorrows;
  step.emit(market.token, "HealBorrow", { payer, borrower, repayAmount });
}
