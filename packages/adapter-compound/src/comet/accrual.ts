import { MAX_UINT64 } from "@shortfall/math";
import {
  addWithin,
  type BaseIndexes,
  checked,
  mulFactorDown,
  presentValueBorrowDown,
  presentValueSupplyDown,
  subtractChecked,
  toUint64,
} from "./amounts.js";
import { accrualDescale, type CometConfiguration, type RateCurve } from "./configuration.js";
import { FACTOR_SCALE, MAX_UINT40 } from "./constants.js";
import { CometRefusal, overflow } from "./errors.js";
import type { CometState } from "./state.js";

/** Indexes as `accrueInternal` would store them at a time. */
export interface Accrual extends BaseIndexes {
  readonly trackingSupplyIndex: bigint;
  readonly trackingBorrowIndex: bigint;
  /** Seconds. */
  readonly time: bigint;
}

/** Borrowed over supplied at the stored indexes, 1e18; not capped at one. 0 when nothing is supplied. */
export function utilisation(state: CometState): bigint {
  const supplied = presentValueSupplyDown(state.baseSupplyIndex, state.totalSupplyBase);
  if (supplied === 0n) return 0n;
  const borrowed = presentValueBorrowDown(state.baseBorrowIndex, state.totalBorrowBase);
  return checked(borrowed * FACTOR_SCALE) / supplied;
}

/** Rate per second at a utilisation, 1e18. */
export function ratePerSecond(curve: RateCurve, used: bigint): bigint {
  if (used <= curve.kink) return toUint64(curve.base + mulFactorDown(curve.slopeLow, used));
  return toUint64(
    curve.base +
      mulFactorDown(curve.slopeLow, curve.kink) +
      mulFactorDown(curve.slopeHigh, used - curve.kink),
  );
}

/** accruedInterestIndices: simple interest over the time since the last accrual. */
export function projectIndexes(
  configuration: CometConfiguration,
  state: CometState,
  time: bigint,
): BaseIndexes {
  if (time > MAX_UINT40) throw new CometRefusal("TimestampTooLarge()");
  const elapsed = subtractChecked(time, state.lastAccrualTime);
  if (elapsed === 0n) return { supplyIndex: state.baseSupplyIndex, borrowIndex: state.baseBorrowIndex };
  const used = utilisation(state);
  const supplyRate = ratePerSecond(configuration.supplyCurve, used);
  const borrowRate = ratePerSecond(configuration.borrowCurve, used);
  return {
    supplyIndex: grow(state.baseSupplyIndex, supplyRate * elapsed),
    borrowIndex: grow(state.baseBorrowIndex, borrowRate * elapsed),
  };
}

const grow = (index: bigint, growth: bigint): bigint =>
  addWithin(index, toUint64(mulFactorDown(index, growth)), MAX_UINT64);

/** What accrueInternal stores; pure. */
export function projectAccrual(configuration: CometConfiguration, state: CometState, time: bigint): Accrual {
  const indexes = projectIndexes(configuration, state, time);
  const elapsed = time - state.lastAccrualTime;
  const track = (index: bigint, speed: bigint, principal: bigint): bigint =>
    elapsed === 0n || principal < configuration.baseMinForRewards
      ? index
      : addWithin(
          index,
          toUint64(checked(speed * elapsed * configuration.baseScale) / principal),
          MAX_UINT64,
        );
  return {
    ...indexes,
    trackingSupplyIndex: track(
      state.trackingSupplyIndex,
      configuration.baseTrackingSupplySpeed,
      state.totalSupplyBase,
    ),
    trackingBorrowIndex: track(
      state.trackingBorrowIndex,
      configuration.baseTrackingBorrowSpeed,
      state.totalBorrowBase,
    ),
    time,
  };
}

/** Stores an accrual. Nothing here can fail. */
export function storeAccrual(state: CometState, accrual: Accrual): void {
  state.baseSupplyIndex = accrual.supplyIndex;
  state.baseBorrowIndex = accrual.borrowIndex;
  state.trackingSupplyIndex = accrual.trackingSupplyIndex;
  state.trackingBorrowIndex = accrual.trackingBorrowIndex;
  state.lastAccrualTime = accrual.time;
}

/** Reward fields of an account after its principal changes to `next`. */
export interface Settlement {
  readonly id: number;
  readonly principal: bigint;
  readonly trackingIndex: bigint;
  readonly trackingAccrued: bigint;
}

/** updateBasePrincipal, computed but not stored. */
export function settle(
  configuration: CometConfiguration,
  state: CometState,
  accrual: Accrual,
  id: number,
  next: bigint,
): Settlement {
  const old = state.principal(id);
  const index = old >= 0n ? accrual.trackingSupplyIndex : accrual.trackingBorrowIndex;
  const grown = subtractChecked(index, state.trackingIndex.get(id));
  const earned = toUint64(
    checked((old >= 0n ? old : -old) * grown) /
      configuration.trackingIndexScale /
      accrualDescale(configuration),
  );
  const accrued = state.trackingAccrued.get(id) + earned;
  if (accrued > MAX_UINT64) throw overflow();
  return {
    id,
    principal: next,
    trackingIndex: next >= 0n ? accrual.trackingSupplyIndex : accrual.trackingBorrowIndex,
    trackingAccrued: accrued,
  };
}

/** An account's principal and reward fields as they stand. */
export const settlementOf = (state: CometState, id: number): Settlement => ({
  id,
  principal: state.principal(id),
  trackingIndex: state.trackingIndex.get(id),
  trackingAccrued: state.trackingAccrued.get(id),
});

/** Stores a settlement. Nothing here can fail. */
export function storeSettlement(state: CometState, settlement: Settlement): void {
  state.setPrincipal(settlement.id, settlement.principal);
  state.trackingIndex.set(settlement.id, settlement.trackingIndex);
  state.trackingAccrued.set(settlement.id, settlement.trackingAccrued);
}
