import { checkedMulDivDown, checkedMulDivUp, min, WAD, zeroFloorSub } from "@shortfall/math";
import { accrueInterest } from "./accrual.js";
import {
  subtract,
  toAssetsDown,
  toAssetsUp,
  toSharesUp,
  toUint128,
  wDivDown,
  wDivUp,
  wMulDown,
} from "./arithmetic.js";
import { LIQUIDATION_CURSOR, MAX_LIQUIDATION_INCENTIVE, ORACLE_PRICE_SCALE } from "./constants.js";
import { isHealthyAt } from "./health.js";
import { requireCreated, requireOneAmount } from "./lending.js";
import type { Market } from "./market.js";
import { closeStep, emit, moveTokens, openStep, type Run, requireThat } from "./step.js";

/** Collateral taken and debt shares repaid for it. */
export interface Seizure {
  readonly seizedAssets: bigint;
  readonly repaidShares: bigint;
}

export interface Liquidation extends Seizure {
  readonly market: Market;
  readonly caller: string;
  readonly borrower: string;
}

/** Factor by which seized collateral exceeds the repayment: min(1.15, 1 / (1 − 0.3·(1 − LLTV))). Wad, down. */
export const liquidationIncentive = (lltv: bigint): bigint =>
  min(MAX_LIQUIDATION_INCENTIVE, wDivDown(WAD, WAD - wMulDown(LIQUIDATION_CURSOR, WAD - lltv)));

/**
 * The amount that was not given, at an oracle price. Repaid shares round up, seized collateral down: against
 * the liquidator. A price of 0 gives all collateral for nothing, and divides by zero the other way round.
 */
export function quoteSeizure(market: Market, given: Seizure, price: bigint): Seizure {
  const { totalBorrowAssets, totalBorrowShares } = market;
  const incentive = liquidationIncentive(market.parameters.lltv);
  if (given.seizedAssets > 0n) {
    const quoted = checkedMulDivUp(given.seizedAssets, price, ORACLE_PRICE_SCALE);
    const repaidShares = toSharesUp(wDivUp(quoted, incentive), totalBorrowAssets, totalBorrowShares);
    return { seizedAssets: given.seizedAssets, repaidShares };
  }
  const repaid = toAssetsDown(given.repaidShares, totalBorrowAssets, totalBorrowShares);
  const seizedAssets = checkedMulDivDown(wMulDown(repaid, incentive), ORACLE_PRICE_SCALE, price);
  return { seizedAssets, repaidShares: given.repaidShares };
}

/** Morpho.liquidate as a call: one of the two amounts is given, the price decides the other. */
export function liquidate(run: Run, input: Liquidation): void {
  const { market, borrower } = input;
  requireCreated(market);
  requireOneAmount(input.seizedAssets, input.repaidShares);
  accrueInterest(run, market);
  const price = run.state.priceOf(market);
  const id = run.state.accounts.intern(borrower);
  const { totalBorrowAssets, totalBorrowShares } = market;
  const healthy = isHealthyAt(
    market,
    market.collateral.get(id),
    market.borrow.get(id),
    totalBorrowAssets,
    totalBorrowShares,
    price,
  );
  requireThat(!healthy, "position is healthy");
  settleLiquidation(run, { ...input, ...quoteSeizure(market, input, price) });
}

/**
 * What a liquidation does once both amounts are known: repayment, seizure, and, if no collateral is left, the
 * write-off of the remaining debt against all suppliers at once. No price is needed, so an observer settles
 * what the Liquidate event says.
 */
export function settleLiquidation(run: Run, input: Liquidation): void {
  const { market, caller, borrower, seizedAssets, repaidShares } = input;
  requireCreated(market);
  accrueInterest(run, market);
  const { state } = run;
  const { morpho } = state.deployment;
  const id = state.accounts.intern(borrower);
  const repaidAssets = toAssetsUp(repaidShares, market.totalBorrowAssets, market.totalBorrowShares);
  let owed = subtract(market.borrow.get(id), toUint128(repaidShares));
  let totalBorrowShares = subtract(market.totalBorrowShares, repaidShares);
  let totalBorrowAssets = zeroFloorSub(market.totalBorrowAssets, repaidAssets);
  const surplus = zeroFloorSub(repaidAssets, market.totalBorrowAssets);
  const collateral = subtract(market.collateral.get(id), toUint128(seizedAssets));
  const before = { ...market.totals(), totalBorrowAssets, totalBorrowShares };
  let { totalSupplyAssets } = market;
  let badDebtAssets = 0n;
  let badDebtShares = 0n;
  if (collateral === 0n) {
    badDebtShares = owed;
    badDebtAssets = min(totalBorrowAssets, toAssetsUp(owed, totalBorrowAssets, totalBorrowShares));
    totalBorrowAssets -= badDebtAssets;
    totalSupplyAssets = subtract(totalSupplyAssets, toUint128(badDebtAssets));
    totalBorrowShares -= badDebtShares;
    owed = 0n;
  }
  const step = openStep(run, "liquidate", market.id, market, borrower);
  if (badDebtAssets > 0n) {
    const after = { ...before, totalBorrowAssets, totalBorrowShares, totalSupplyAssets };
    const epoch = market.supply.checkpoint();
    step.loss = { account: borrower, badDebtAssets, badDebtShares, before, after, epoch };
    market.recordLoss(step.loss);
  }
  market.borrow.set(id, owed);
  market.collateral.set(id, collateral);
  market.totalBorrowAssets = totalBorrowAssets;
  market.totalBorrowShares = totalBorrowShares;
  market.totalSupplyAssets = totalSupplyAssets;
  market.surplus += surplus;
  step.cash = repaidAssets;
  step.surplus = surplus;
  step.collateral = -seizedAssets;
  emit(step, morpho, "Liquidate", {
    id: market.id,
    caller,
    borrower,
    repaidAssets,
    repaidShares,
    seizedAssets,
    badDebtAssets,
    badDebtShares,
  });
  moveTokens(run, step, market.parameters.collateralToken, morpho, caller, seizedAssets);
  moveTokens(run, step, market.parameters.loanToken, caller, morpho, repaidAssets);
  closeStep(step);
}
