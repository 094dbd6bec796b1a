import { BPS, RAY } from "@shortfall/math";
import { add, addPacked, percentMul, rayDiv, rayMul, subtract } from "./arithmetic.js";
import { RAY_PER_BPS } from "./constants.js";
import type { Reserve } from "./reserve.js";
import type { Step } from "./step.js";

/** Rates a reserve would have with `added` coming in and `taken` going out. Ray per year. */
export interface Rates {
  readonly liquidityRateRay: bigint;
  readonly borrowRateRay: bigint;
}

/** The rate strategy (DefaultReserveInterestRateStrategy.calculateInterestRates). */
export function computeRates(step: Step, reserve: Reserve, added: bigint, taken: bigint): Rates {
  const { profile, market } = step;
  const base = reserve.baseRateBps * RAY_PER_BPS;
  const debt = profile.scaling.debt(reserve.debtScaled, reserve.borrowIndexRay);
  if (debt === 0n || market.isIssued(reserve)) return { liquidityRateRay: 0n, borrowRateRay: base };
  const held = profile.rateCash === "real" ? market.cash(reserve) : reserve.virtualAssets;
  const available = subtract(add(held, added), taken);
  const usage = rayDiv(debt, add(available, debt));
  const supplyUsage = rayDiv(debt, add(add(available, debt), reserve.deficitAssets));
  const optimal = reserve.optimalUsageBps * RAY_PER_BPS;
  const slope1 = reserve.slope1Bps * RAY_PER_BPS;
  const slope2 = reserve.slope2Bps * RAY_PER_BPS;
  const borrowRateRay =
    usage > optimal
      ? base + slope1 + rayMul(slope2, rayDiv(usage - optimal, RAY - optimal))
      : base + rayDiv(rayMul(slope1, usage), optimal);
  const paid = profile.overallRate ? overallRateRay(debt, borrowRateRay) : borrowRateRay;
  const liquidityRateRay = percentMul(rayMul(paid, supplyUsage), BPS - reserve.parameters.factorBps);
  return { liquidityRateRay, borrowRateRay };
}

/** Mean rate over all debt, which is all variable here: dividing it out again still rounds. */
function overallRateRay(debt: bigint, borrowRateRay: bigint): bigint {
  const weight = debt * 10n ** 9n;
  return rayDiv(rayMul(weight, borrowRateRay), weight);
}

/**
 * Sets the rates after balances changed and moves the virtual balance
 * (ReserveLogic.updateInterestRatesAndVirtualBalance). Logs `ReserveDataUpdated`.
 */
export function updateRates(step: Step, reserve: Reserve, added: bigint, taken: bigint): void {
  step.effects.touched.add(reserve);
  const { liquidityRateRay, borrowRateRay } = computeRates(step, reserve, added, taken);
  reserve.liquidityRateRay = step.narrow(liquidityRateRay, 128n);
  reserve.borrowRateRay = step.narrow(borrowRateRay, 128n);
  if (step.profile.rateCash === "virtual" && !step.market.isIssued(reserve)) {
    if (added > 0n) {
      reserve.virtualAssets = addPacked(reserve.virtualAssets, step.narrow(added, 128n), 128n);
    }
    if (taken > 0n) {
      reserve.virtualAssets = subtract(reserve.virtualAssets, step.narrow(taken, 128n));
    }
  }
  step.emit(step.market.addresses.pool, "ReserveDataUpdated", {
    reserve: reserve.identity.underlying,
    liquidityRate: liquidityRateRay,
    stableBorrowRate: step.profile.stableRateReported ? reserve.slope1Bps * RAY_PER_BPS : 0n,
    variableBorrowRate: borrowRateRay,
    liquidityIndex: reserve.liquidityIndexRay,
    variableBorrowIndex: reserve.borrowIndexRay,
  });
}
