import { add, multiply, wadMul, wadMulAdd } from "./arithmetic.js";
import type { Market } from "./market.js";

/** What one interval of simple interest does to a market's totals. */
export interface InterestStep {
  readonly interestAssets: bigint;
  readonly totalBorrows: bigint;
  readonly totalReserves: bigint;
  readonly borrowIndex: bigint;
}

/**
 * Interest of `slots` slots at a rate, every product floored; borrowers keep the dust of the total, and the
 * index is floored apart from it, so total and accounts drift.
 *
 * Mirrors CToken.accrueInterest and VToken.accrueInterest.
 */
export function interestStep(market: Market, ratePerSlotWad: bigint, slots: bigint): InterestStep {
  const factor = multiply(ratePerSlotWad, slots);
  const interestAssets = wadMul(factor, market.totalBorrows);
  return {
    interestAssets,
    totalBorrows: add(interestAssets, market.totalBorrows),
    totalReserves: wadMulAdd(market.reserveFactorWad, interestAssets, market.totalReserves),
    borrowIndex: wadMulAdd(factor, market.borrowIndex, market.borrowIndex),
  };
}

/** Part of some interest that goes to reserves, rounded down: suppliers keep the dust. */
export const reserveShareDown = (interestAssets: bigint, reserveFactorWad: bigint): bigint =>
  wadMul(reserveFactorWad, interestAssets);
