import { WAD } from "@shortfall/math";
import { add, divide, multiply, subtract } from "./arithmetic.js";
import type { Market } from "./market.js";

/**
 * What the share tokens stand for in underlying: cash + totalBorrows + badDebt − totalReserves, from the
 * left. Bad debt is still an asset here. Panics when reserves exceed the rest.
 */
export const supplierAssets = (market: Market): bigint =>
  subtract(add(add(market.cash, market.totalBorrows), market.badDebt), market.totalReserves);

/**
 * Underlying per share token as a mantissa, rounded down; the initial rate while nobody supplies.
 *
 * Mirrors CToken.exchangeRateStoredInternal and VToken._exchangeRateStored.
 */
export function exchangeRateStored(market: Market): bigint {
  const supply = market.totalSupply;
  if (supply === 0n) return market.parameters.initialExchangeRateWad;
  return divide(multiply(supplierAssets(market), WAD), supply);
}

/**
 * An account's debt with interest up to the market's last accrual, rounded down: the pool keeps the dust.
 *
 * Mirrors borrowBalanceStoredInternal: principal·borrowIndex/interestIndex.
 */
export function borrowBalanceStored(market: Market, account: number): bigint {
  const principal = market.principal.get(account);
  if (principal === 0n) return 0n;
  return divide(multiply(principal, market.borrowIndex), market.interestIndex.get(account));
}
