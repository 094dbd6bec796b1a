import { accrueInterest } from "./accrual.js";
import { addUint128, subtract, toUint128 } from "./arithmetic.js";
import { ZERO_ADDRESS } from "./constants.js";
import { requireHealthy } from "./health.js";
import { requireCreated, requireOutward } from "./lending.js";
import type { Market } from "./market.js";
import { closeStep, emit, moveTokens, openStep, type Run, requireThat } from "./step.js";

/** Morpho.supplyCollateral. The only operation on a market that does not accrue. */
export function supplyCollateral(
  run: Run,
  input: {
    readonly market: Market;
    readonly caller: string;
    readonly onBehalf: string;
    readonly assets: bigint;
  },
): void {
  const { market, caller, onBehalf, assets } = input;
  requireCreated(market);
  requireThat(assets !== 0n, "zero assets");
  requireThat(onBehalf !== ZERO_ADDRESS, "zero address");
  const id = run.state.accounts.intern(onBehalf);
  const held = addUint128(market.collateral.get(id), toUint128(assets));
  const step = openStep(run, "supply-collateral", market.id, market, onBehalf);
  market.collateral.set(id, held);
  step.collateral = assets;
  emit(step, run.state.deployment.morpho, "SupplyCollateral", { id: market.id, caller, onBehalf, assets });
  moveTokens(run, step, market.parameters.collateralToken, caller, run.state.deployment.morpho, assets);
  closeStep(step);
}

/** Morpho.withdrawCollateral. Accrues first; the position must stay healthy. */
export function withdrawCollateral(
  run: Run,
  input: {
    readonly market: Market;
    readonly caller: string;
    readonly onBehalf: string;
    readonly receiver: string;
    readonly assets: bigint;
  },
): void {
  const { market, caller, onBehalf, receiver, assets } = input;
  requireCreated(market);
  requireThat(assets !== 0n, "zero assets");
  requireOutward(run, caller, onBehalf, receiver);
  accrueInterest(run, market);
  const id = run.state.accounts.intern(onBehalf);
  const held = subtract(market.collateral.get(id), toUint128(assets));
  if (run.checked) {
    const { totalBorrowAssets, totalBorrowShares } = market;
    requireHealthy(run.state, market, id, market.borrow.get(id), totalBorrowAssets, totalBorrowShares, held);
  }
  const step = openStep(run, "withdraw-collateral", market.id, market, onBehalf);
  market.collateral.set(id, held);
  step.collateral = -assets;
  emit(step, run.state.deployment.morpho, "WithdrawCollateral", {
    id: market.id,
    caller,
    onBehalf,
    receiver,
    assets,
  });
  moveTokens(run, step, market.parameters.collateralToken, run.state.deployment.morpho, receiver, assets);
  closeStep(step);
}
