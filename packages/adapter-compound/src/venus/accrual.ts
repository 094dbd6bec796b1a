import { subtract } from "../ctoken/arithmetic.js";
import { interestStep } from "../ctoken/interest.js";
import type { Market } from "../ctoken/market.js";
import { borrowRatePerSlot, utilisationWithBadDebtDown } from "../ctoken/rate-model.js";
import { refuse, refuseText } from "../ctoken/refusal.js";
import type { Step } from "../ctoken/step.js";
import type { VenusState } from "./state.js";

/**
 * Adds interest since the market's last accrual and, once the interval has passed, pushes reserves to the
 * protocol share reserve as far as there is cash. The push is logged before AccrueInterest, which still
 * reports the cash before it.
 *
 * Mirrors VToken.accrueInterest. Bad debt raises the rate and bears no interest. Closes an entry of its own.
 */
export function accrueInterest(state: VenusState, step: Step, market: Market): void {
  if (market.accrualSlot === step.slot) return;
  const { cash, totalBorrows, totalReserves, badDebt } = market;
  const rate = borrowRatePerSlot(
    market.parameters.rateModel,
    utilisationWithBadDebtDown(cash, totalBorrows, totalReserves, badDebt),
  );
  if (rate > state.constants.maxBorrowRateWad) refuseText("borrow rate is absurdly high");
  const next = interestStep(market, rate, subtract(step.slot, market.accrualSlot));
  step.touch(market);
  market.accrualSlot = step.slot;
  market.borrowIndex = next.borrowIndex;
  market.totalBorrows = next.totalBorrows;
  market.totalReserves = next.totalReserves;
  if (subtract(step.slot, market.pushSlot) >= state.pushDelta(market)) {
    market.pushSlot = step.slot;
    pushReserves(state, step, market, cash < next.totalReserves ? cash : next.totalReserves);
  }
  step.emit(market.token, "AccrueInterest", {
    cashPrior: cash,
    interestAccumulated: next.interestAssets,
    borrowIndex: next.borrowIndex,
    totalBorrows: next.totalBorrows,
  });
  step.seal("accrue");
}

/** Sends reserves to the protocol share reserve; nothing for 0. Mirrors VToken._reduceReservesFresh. */
export function pushReserves(state: VenusState, step: Step, market: Market, assets: bigint): void {
  if (assets === 0n) return;
  if (market.cash < assets) refuse("ReduceReservesCashNotAvailable");
  if (assets > market.totalReserves) refuse("ReduceReservesCashValidation");
  const { protocolShareReserve } = state.constants;
  step.touch(market);
  market.totalReserves -= assets;
  step.moveTokens(step.pool.assetOf(market), market.token, protocolShareReserve, assets);
  step.emit(market.token, "SpreadReservesReduced", {
    protocolShareReserve,
    reduceAmount: assets,
    newTotalReserves: market.totalReserves,
  });
}
