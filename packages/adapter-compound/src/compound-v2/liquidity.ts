import { wadMul, wadMulAdd } from "../ctoken/arithmetic.js";
import type { Market } from "../ctoken/market.js";
import type { Pool } from "../ctoken/pool.js";
import { borrowBalanceStored, exchangeRateStored } from "../ctoken/valuation.js";

/** Comptroller result codes that the modelled paths can return. */
export const CODE = {
  insufficientShortfall: 3,
  insufficientLiquidity: 4,
  marketNotListed: 9,
  nonzeroBorrowBalance: 12,
  priceError: 13,
  rejection: 14,
  tooMuchRepay: 17,
} as const;

/** USD with 18 decimals; at most one of the two is above 0. `code` is 0 unless a price is missing. */
export interface Liquidity {
  readonly code: number;
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
 * What an account could still borrow, or lacks, over the markets it has entered, at stored rates and debts.
 *
 * Mirrors Comptroller.getHypotheticalAccountLiquidityInternal: collateral factor times rate first, then price,
 * each product floored; markets in the order entered.
 */
export function accountLiquidity(pool: Pool, account: number, change?: Hypothesis): Liquidity {
  let collateral = 0n;
  let owed = 0n;
  for (const index of pool.memberships.of(account)) {
    const market = pool.markets[index];
    if (!market) continue;
    const debt = borrowBalanceStored(market, account);
    const rate = exchangeRateStored(market);
    const { price } = market;
    if (price === 0n) return { code: CODE.priceError, liquidity: 0n, shortfall: 0n };
    const weight = wadMul(wadMul(market.collateralFactorWad, rate), price);
    collateral = wadMulAdd(weight, market.tokens.get(account), collateral);
    owed = wadMulAdd(price, debt, owed);
    if (change?.market === market) {
      owed = wadMulAdd(weight, change.redeemTokens, owed);
      owed = wadMulAdd(price, change.borrowAssets, owed);
    }
  }
  return collateral > owed
    ? { code: 0, liquidity: collateral - owed, shortfall: 0n }
    : { code: 0, liquidity: 0n, shortfall: owed - collateral };
}
