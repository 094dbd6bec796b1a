import { add } from "../ctoken/arithmetic.js";
import type { Market } from "../ctoken/market.js";
import { refuse } from "../ctoken/refusal.js";
import type { Step } from "../ctoken/step.js";
import { accrueInterest } from "./accrual.js";
import type { CompoundState } from "./state.js";

/** Anyone adds to reserves. Mirrors CToken._addReserves. */
export function addReserves(
  state: CompoundState,
  step: Step,
  market: Market,
  from: string,
  assets: bigint,
): void {
  accrueInterest(state, step, market);
  step.moveTokens(step.pool.assetOf(market), from, market.token, assets);
  market.totalReserves = add(market.totalReserves, assets);
  step.touch(market);
  step.emit(market.token, "ReservesAdded", {
    benefactor: from,
    addAmount: assets,
    newTotalReserves: market.totalReserves,
  });
  step.seal("add-reserves", from);
}

/** The admin takes reserves out, as far as there is cash. Mirrors CToken._reduceReserves. */
export function reduceReserves(
  state: CompoundState,
  step: Step,
  market: Market,
  from: string,
  assets: bigint,
): void {
  const { admin } = state.constants;
  accrueInterest(state, step, market);
  if (admin !== undefined && from !== admin) refuse("ReduceReservesAdminCheck");
  if (market.cash < assets) refuse("ReduceReservesCashNotAvailable");
  if (assets > market.totalReserves) refuse("ReduceReservesCashValidation");
  market.totalReserves -= assets;
  step.touch(market);
  step.moveTokens(step.pool.assetOf(market), market.token, from, assets);
  step.emit(market.token, "ReservesReduced", {
    admin: from,
    reduceAmount: assets,
    newTotalReserves: market.totalReserves,
  });
  step.seal("reduce-reserves", from);
}
