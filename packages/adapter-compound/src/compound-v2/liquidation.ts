import { MAX_UINT256 } from "@shortfall/math";
import { add, subtract, wadMul } from "../ctoken/arithmetic.js";
import type { Market } from "../ctoken/market.js";
import { refuse, refuseText } from "../ctoken/refusal.js";
import { protocolTokensDown, seizeTokensDown } from "../ctoken/seizure.js";
import type { Step } from "../ctoken/step.js";
import { borrowBalanceStored, exchangeRateStored } from "../ctoken/valuation.js";
import { accrueInterest } from "./accrual.js";
import { repayFresh } from "./lending.js";
import { accountLiquidity, CODE } from "./liquidity.js";
import type { CompoundOperation } from "./operation.js";
import { announceSupplier } from "./rewards.js";
import type { CompoundState } from "./state.js";

type Liquidation = Extract<CompoundOperation, { kind: "liquidate" }>;

/**
 * Repays part of a debt and takes collateral at a discount. Collateral need not be in an entered market.
 *
 * Mirrors CToken.liquidateBorrow. Afterwards the borrower may owe more than is left to seize; the contract
 * does not notice.
 */
export function liquidate(state: CompoundState, step: Step, operation: Liquidation): void {
  const { market, collateral, liquidator, borrower, assets } = operation;
  accrueInterest(state, step, market);
  accrueInterest(state, step, collateral);
  const account = step.pool.accounts.intern(borrower);
  step.check(() => requireLiquidatable(step, market, account, assets));
  if (borrower === liquidator) refuse("LiquidateLiquidatorIsBorrower");
  if (assets === 0n) refuse("LiquidateCloseAmountIsZero");
  if (assets === MAX_UINT256) refuse("LiquidateCloseAmountIsUintMax");
  repayFresh(step, market, liquidator, borrower, assets);
  const seizeTokens = step.priced("LiquidateBorrow.seizeTokens", operation.seizeTokens, () =>
    seizeTokensDown(market, collateral, step.pool.liquidationIncentiveWad, assets),
  );
  if (collateral.tokens.get(account) < seizeTokens) refuseText("LIQUIDATE_SEIZE_TOO_MUCH");
  seize(step, collateral, liquidator, borrower, seizeTokens);
  step.emit(market.token, "LiquidateBorrow", {
    liquidator,
    borrower,
    repayAmount: assets,
    cTokenCollateral: collateral.token,
    seizeTokens,
  });
  step.seal("liquidate", borrower);
}

function requireLiquidatable(step: Step, market: Market, account: number, assets: bigint): void {
  const { code, shortfall } = accountLiquidity(step.pool, account);
  if (code !== 0) refuse("LiquidateComptrollerRejection", BigInt(code));
  if (shortfall === 0n) refuse("LiquidateComptrollerRejection", BigInt(CODE.insufficientShortfall));
  if (assets > wadMul(step.pool.closeFactorWad, borrowBalanceStored(market, account)))
    refuse("LiquidateComptrollerRejection", BigInt(CODE.tooMuchRepay));
}

/**
 * Hands seized share tokens to the liquidator, less the protocol's part, which is burned and its worth added
 * to reserves at the rate before. Mirrors CToken.seizeInternal.
 */
function seize(step: Step, market: Market, liquidator: string, borrower: string, seizeTokens: bigint): void {
  const source = step.pool.accounts.intern(borrower);
  const target = step.pool.accounts.intern(liquidator);
  announceSupplier(step, market, borrower);
  announceSupplier(step, market, liquidator);
  const protocolTokens = protocolTokensDown(seizeTokens, market.seizeShareWad);
  const liquidatorTokens = seizeTokens - protocolTokens;
  const protocolAssets = wadMul(exchangeRateStored(market), protocolTokens);
  const totalReserves = add(market.totalReserves, protocolAssets);
  const totalSupply = subtract(market.totalSupply, protocolTokens);
  const left = subtract(market.tokens.get(source), seizeTokens);
  const got = add(market.tokens.get(target), liquidatorTokens);
  step.touch(market);
  market.totalReserves = totalReserves;
  market.totalSupply = totalSupply;
  market.tokens.set(source, left);
  market.tokens.set(target, got);
  step.accounts.add(source).add(target);
  step.emit(market.token, "Transfer", { from: borrower, to: liquidator, amount: liquidatorTokens });
  step.emit(market.token, "Transfer", { from: borrower, to: market.token, amount: protocolTokens });
  step.emit(market.token, "ReservesAdded", {
    benefactor: market.token,
    addAmount: protocolAssets,
    newTotalReserves: totalReserves,
  });
}
