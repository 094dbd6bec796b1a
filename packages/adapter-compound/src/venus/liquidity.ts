import { wadMul, wadMulAdd } from "../ctoken/arithmetic.js";
import type { Market } from "../ctoken/market.js";
import type { Pool } from "../ctoken/pool.js";
import { refuse } from "../ctoken/refusal.js";
import { borrowBalanceStored, exchangeRateStored } from "../ctoken/valuation.js";

/** Which factor weighs collateral: the lower one for borrowing and redeeming, the higher for liquidation. */
export type Weight = "collateralFactorWad" | "liquidationThresholdWad";

/** An account's position over the markets it has entered. USD with 18 decimals. */
export interface Snapshot {
  readonly totalCollateral: bigint;
  readonly weightedCollateral: bigint;
  readonly borrows: bigint;
  readonly liquidity: bigint;
  readonly shortfall: bigint;
}

/** A change to test before it is made. */
export interface Hypothesis {
  readonly market: Market;
  readonly redeemTokens: bigint;
  readonly borrowAssets: bigint;
}

/**
 * Values an account at stored rates and debts.
 *
 * Mirrors Comptroller._getHypotheticalLiquiditySnapshot: rate times price first, then the weight, each
 * product floored; markets in the order entered. A missing price refuses.
 */
export function snapshotOf(pool: Pool, account: number, weight: Weight, change?: Hypothesis): Snapshot {
  let weightedCollateral = 0n;
  let totalCollateral = 0n;
  let borrows = 0n;
  let effects = 0n;
  for (const index of pool.memberships.of(account)) {
    const market = pool.markets[index];
    if (!market) continue;
    const tokens = market.tokens.get(account);
    const debt = borrowBalanceStored(market, account);
    const rate = exchangeRateStored(market);
    const { price } = market;
    if (price === 0n) refuse("PriceError", market.token);
    const unit = wadMul(rate, price);
    const weighted = wadMul(market[weight], unit);
    weightedCollateral = wadMulAdd(weighted, tokens, weightedCollateral);
    totalCollateral = wadMulAdd(unit, tokens, totalCollateral);
    borrows = wadMulAdd(price, debt, borrows);
    if (change?.market === market) {
      effects = wadMulAdd(weighted, change.redeemTokens, effects);
      effects = wadMulAdd(price, change.borrowAssets, effects);
    }
  }
  const owed = borrows + effects;
  return {
    totalCollateral,
    weightedCollateral,
    borrows,
    liquidity: weightedCollateral > owed ? weightedCollateral - owed : 0n,
    shortfall: weightedCollateral > owed ? 0n : owed - weightedCollateral,
  };
}
