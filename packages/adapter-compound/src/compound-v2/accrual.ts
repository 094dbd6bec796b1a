import { subtract } from "../ctoken/arithmetic.js";
import { interestStep } from "../ctoken/interest.js";
import type { Market } from "../ctoken/market.js";
import { borrowRatePerSlot, utilisationDown } from "../ctoken/rate-model.js";
import { refuseText } from "../ctoken/refusal.js";
import type { Step } from "../ctoken/step.js";
import type { CompoundState } from "./state.js";

/**
 * Adds interest since the market's last accrual; nothing in the same block.
 *
 * Mirrors CToken.accrueInterest. The interval bears simple interest at the rate that the totals before it
 * give. Closes a journal entry of its own.
 */
export function accrueInterest(state: CompoundState, step: Step, market: Market): void {
  if (market.accrualSlot === step.slot) return;
  const { cash, totalBorrows, totalReserves } = market;
  const rate = borrowRatePerSlot(
    market.parameters.rateModel,
    utilisationDown(cash, totalBorrows, totalReserves),
  );
  if (rate > state.constants.borrowRateMaxWad) refuseText("borrow rate is absurdly high");
  const next = interestStep(market, rate, subtract(step.slot, market.accrualSlot));
  step.touch(market);
  market.accrualSlot = step.slot;
  market.borrowIndex = next.borrowIndex;
  market.totalBorrows = next.totalBorrows;
  market.totalReserves = next.totalReserves;
  step.emit(market.token, "AccrueInterest", {
    cashPrior: cash,
    interestAccumulated: next.interestAssets,
    borrowIndex: next.borrowIndex,
    totalBorrows: next.totalBorrows,
  });
  step.seal("accrue");
}
