import {
  addUint128,
  compoundedGrowthWad,
  subtract,
  toSharesDown,
  toUint128,
  wMulDown,
} from "./arithmetic.js";
import { RateUnknownError } from "./errors.js";
import type { Market, MarketTotals } from "./market.js";
import { adaptiveRate, type RateInputs, utilisationRate } from "./rate-model.js";
import { closeStep, emit, openStep, type Run } from "./step.js";

/** The rate a market's interest runs at since its last update, and the curve's state after it. */
function rateOf(market: Market, elapsed: bigint, reported: bigint | undefined) {
  const inputs: RateInputs = {
    totalSupplyAssets: market.totalSupplyAssets,
    totalBorrowAssets: market.totalBorrowAssets,
    rateAtTarget: market.rateAtTarget,
    elapsed,
  };
  switch (market.rateModel) {
    case "adaptive":
      return adaptiveRate(inputs);
    case "mock":
      return { rate: utilisationRate(inputs), rateAtTarget: market.rateAtTarget };
    default:
      if (reported === undefined) throw new RateUnknownError(market.id, market.parameters.irm);
      return { rate: reported, rateAtTarget: market.rateAtTarget };
  }
}

/** Interest, fee and totals of an accrual, before anything is written. Rounds down throughout. */
function grow(market: Market, rate: bigint, elapsed: bigint) {
  const interest = toUint128(wMulDown(market.totalBorrowAssets, compoundedGrowthWad(rate, elapsed)));
  const totalBorrowAssets = addUint128(market.totalBorrowAssets, interest);
  const totalSupplyAssets = addUint128(market.totalSupplyAssets, interest);
  let feeShares = 0n;
  if (market.fee !== 0n) {
    const feeAssets = wMulDown(interest, market.fee);
    // The fee's own assets are taken out first, so that minting them dilutes by exactly the fee.
    feeShares = toSharesDown(feeAssets, subtract(totalSupplyAssets, feeAssets), market.totalSupplyShares);
  }
  const totalSupplyShares = addUint128(market.totalSupplyShares, toUint128(feeShares));
  return { interest, feeShares, totalBorrowAssets, totalSupplyAssets, totalSupplyShares };
}

/**
 * Accrues interest to the block time and mints the fee (Morpho._accrueInterest). Nothing happens twice in a
 * second. `reportedRate` stands in for a rate model that is not modelled.
 */
export function accrueInterest(run: Run, market: Market, reportedRate?: bigint): void {
  const { state, time } = run;
  const elapsed = subtract(time, market.lastUpdate);
  if (elapsed === 0n) return;
  if (!market.hasInterest) {
    market.lastUpdate = time;
    return;
  }
  const { rate, rateAtTarget } = rateOf(market, elapsed, reportedRate);
  const grown = grow(market, rate, elapsed);
  const step = openStep(run, "accrue", market.id, market);
  if (market.rateModel === "adaptive") {
    market.rateAtTarget = rateAtTarget;
    emit(step, market.parameters.irm, "BorrowRateUpdate", {
      id: market.id,
      avgBorrowRate: rate,
      rateAtTarget,
    });
  }
  if (grown.feeShares !== 0n) market.supply.add(state.feeRecipientId, grown.feeShares);
  market.totalSupplyShares = grown.totalSupplyShares;
  market.totalBorrowAssets = grown.totalBorrowAssets;
  market.totalSupplyAssets = grown.totalSupplyAssets;
  market.lastUpdate = time;
  step.interest = grown.interest;
  if (grown.feeShares !== 0n) step.account = state.feeRecipient;
  emit(step, state.deployment.morpho, "AccrueInterest", {
    id: market.id,
    prevBorrowRate: rate,
    interest: grown.interest,
    feeShares: grown.feeShares,
  });
  closeStep(step);
}

/**
 * Totals as an accrual at `time` would leave them, without one (MorphoBalancesLib.expectedMarketBalances).
 * A market whose rate model is not modelled is shown as it is stored.
 */
export function projectTotals(market: Market, time: bigint): MarketTotals {
  const elapsed = time - market.lastUpdate;
  if (elapsed <= 0n || market.totalBorrowAssets === 0n || !market.hasInterest) return market;
  if (market.rateModel === "reported") return market;
  const { rate } = rateOf(market, elapsed, undefined);
  const grown = grow(market, rate, elapsed);
  return { ...grown, totalBorrowShares: market.totalBorrowShares };
}
