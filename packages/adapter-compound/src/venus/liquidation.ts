import { MAX_UINT256 } from "@shortfall/math";
import { add, subtract, wadMul } from "../ctoken/arithmetic.js";
import type { Market } from "../ctoken/market.js";
import { refuse, refuseText } from "../ctoken/refusal.js";
import { protocolTokensOfIncentiveDown, seizeTokensDown } from "../ctoken/seizure.js";
import type { Step } from "../ctoken/step.js";
import { borrowBalanceStored, exchangeRateStored } from "../ctoken/valuation.js";
import { accrueInterest } from "./accrual.js";
import { repayFresh } from "./lending.js";
import { snapshotOf } from "./liquidity.js";
import type { VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

type Liquidation = Extract<VenusOperation, { kind: "liquidate" }>;
type AccountLiquidation = Extract<VenusOperation, { kind: "liquidateAccount" }>;

/** Repays part of a large account's debt and takes collateral. Mirrors VToken.liquidateBorrow. */
export function liquidate(state: VenusState, step: Step, operation: Liquidation): void {
  settleOrder(state, step, operation, (account) => requireLiquidatable(step, operation, account));
}

/**
 * Closes a small account that is still worth its debts: several orders, after which nothing may be owed.
 *
 * Mirrors Comptroller.liquidateAccount. It does not accrue first; the orders do.
 */
export function liquidateAccount(state: VenusState, step: Step, operation: AccountLiquidation): void {
  const { pool } = step;
  const { liquidator, borrower, orders } = operation;
  const account = pool.accounts.intern(borrower);
  const { totalCollateral, borrows, shortfall } = snapshotOf(pool, account, "liquidationThresholdWad");
  if (totalCollateral > pool.minLiquidatableCollateral)
    refuse("CollateralExceedsThreshold", pool.minLiquidatableCollateral, totalCollateral);
  const needed = wadMul(pool.liquidationIncentiveWad, borrows);
  if (needed >= totalCollateral) refuse("InsufficientCollateral", needed, totalCollateral);
  if (shortfall === 0n) refuse("InsufficientShortfall");
  for (const { market, collateral, assets } of orders) {
    settleOrder(state, step, { kind: "liquidate", market, collateral, liquidator, borrower, assets }, () => {
      if (assets > borrowBalanceStored(market, account)) refuse("TooMuchRepay");
    });
  }
  for (const index of pool.memberships.of(account)) {
    const market = pool.markets[index];
    if (market && borrowBalanceStored(market, account) !== 0n)
      refuseText("Nonzero borrow balance after liquidation");
  }
}

function settleOrder(
  state: VenusState,
  step: Step,
  operation: Liquidation,
  allowed: (account: number) => void,
): void {
  const { market, collateral, liquidator, borrower, assets, observed } = operation;
  accrueInterest(state, step, market);
  accrueInterest(state, step, collateral);
  const account = step.pool.accounts.intern(borrower);
  step.check(() => allowed(account));
  if (borrower === liquidator) refuse("LiquidateLiquidatorIsBorrower");
  if (assets === 0n) refuse("LiquidateCloseAmountIsZero");
  if (assets === MAX_UINT256) refuse("LiquidateCloseAmountIsUintMax");
  const repaid = repayFresh(step, market, liquidator, borrower, assets);
  const seizeTokens = step.priced("LiquidateBorrow.seizeTokens", observed?.seizeTokens, () => {
    for (const each of [market, collateral]) if (each.price === 0n) refuse("PriceError", each.token);
    return seizeTokensDown(market, collateral, step.pool.liquidationIncentiveWad, repaid);
  });
  if (collateral.tokens.get(account) < seizeTokens) refuseText("LIQUIDATE_SEIZE_TOO_MUCH");
  seize(state, step, collateral, liquidator, borrower, seizeTokens);
  step.emit(market.token, "LiquidateBorrow", {
    liquidator,
    borrower,
    vTokenCollateral: collateral.token,
    repayAmount: repaid,
    seizeTokens,
  });
  step.seal("liquidate", borrower);
}

/**
 * Mirrors Comptroller.preLiquidateHook. An observed liquidation may be an order of a batch over a small
 * account, of which only the amount is tested.
 */
function requireLiquidatable(step: Step, operation: Liquidation, account: number): void {
  const { pool } = step;
  const { market, assets, observed } = operation;
  const debt = borrowBalanceStored(market, account);
  const { totalCollateral, shortfall } = snapshotOf(pool, account, "liquidationThresholdWad");
  if (totalCollateral <= pool.minLiquidatableCollateral) {
    if (!observed) refuse("MinimalCollateralViolated", pool.minLiquidatableCollateral, totalCollateral);
    if (assets > debt) refuse("TooMuchRepay");
    return;
  }
  if (shortfall === 0n) refuse("InsufficientShortfall");
  if (assets > wadMul(pool.closeFactorWad, debt)) refuse("TooMuchRepay");
}

/**
 * Hands seized share tokens to the liquidator, less the protocol's part, which is burned and paid out of the
 * market's cash to the protocol share reserve: without cash nothing can be seized.
 *
 * Mirrors VToken._seize. Only markets that the borrower has entered can be seized from.
 */
export function seize(
  state: VenusState,
  step: Step,
  market: Market,
  liquidator: string,
  borrower: string,
  seizeTokens: bigint,
): void {
  const source = step.pool.accounts.intern(borrower);
  const target = step.pool.accounts.intern(liquidator);
  const { protocolShareReserve } = state.constants;
  if (!step.pool.memberships.has(source, market.index)) refuse("MarketNotCollateral", market.token, borrower);
  if (source === target) refuse("LiquidateSeizeLiquidatorIsBorrower");
  const protocolTokens = protocolTokensOfIncentiveDown(
    seizeTokens,
    market.seizeShareWad,
    step.pool.liquidationIncentiveWad,
  );
  const liquidatorTokens = subtract(seizeTokens, protocolTokens);
  const protocolAssets = wadMul(exchangeRateStored(market), protocolTokens);
  const totalSupply = subtract(market.totalSupply, protocolTokens);
  const left = subtract(market.tokens.get(source), seizeTokens);
  const got = add(market.tokens.get(target), liquidatorTokens);
  step.touch(market);
  market.totalSupply = totalSupply;
  market.tokens.set(source, left);
  market.tokens.set(target, got);
  step.accounts.add(source).add(target);
  step.moveTokens(step.pool.assetOf(market), market.token, protocolShareReserve, protocolAssets);
  step.emit(market.token, "Transfer", { from: borrower, to: liquidator, amount: liquidatorTokens });
  step.emit(market.token, "ProtocolSeize", {
    from: borrower,
    to: protocolShareReserve,
    amount: protocolAssets,
  });
}
