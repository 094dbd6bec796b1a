import { accrue } from "../accrual.js";
import { readField, WORD, writeField } from "../configuration-word.js";
import { updateRates } from "../rates.js";
import type { Reserve } from "../reserve.js";
import type { Step } from "../step.js";

/** Rate parameters in basis points. */
export interface RateParameters {
  readonly optimalUsageBps: bigint;
  readonly baseRateBps: bigint;
  readonly slope1Bps: bigint;
  readonly slope2Bps: bigint;
}

type WordField = (typeof WORD)[keyof typeof WORD];

/** Replaces one field of the configuration word. */
export function setParameter(reserve: Reserve, field: WordField, value: bigint): void {
  reserve.configuration = writeField(reserve.configuration, field, value);
}

/** Parameters whose event names the old and the new value. */
export const REPLACED = {
  LiquidationProtocolFeeChanged: { field: WORD.protocolFee, before: "oldFee", after: "newFee" },
  SupplyCapChanged: { field: WORD.supplyCap, before: "oldSupplyCap", after: "newSupplyCap" },
  BorrowCapChanged: { field: WORD.borrowCap, before: "oldBorrowCap", after: "newBorrowCap" },
} as const;

/** Replaces a parameter and logs old and new. */
export function replaceParameter(
  step: Step,
  reserve: Reserve,
  event: keyof typeof REPLACED,
  value: bigint,
): void {
  const { field, before, after } = REPLACED[event];
  const old = readField(reserve.configuration, field);
  setParameter(reserve, field, value);
  log(step, event, { asset: reserve.identity.underlying, [before]: old, [after]: value });
}

/** Flags whose event names the new state. */
export const SWITCHES = {
  ReserveActive: { field: WORD.active, argument: "active" },
  ReserveBorrowing: { field: WORD.borrowing, argument: "enabled" },
  ReserveFlashLoaning: { field: WORD.flashLoans, argument: "enabled" },
  ReserveFrozen: { field: WORD.frozen, argument: "frozen" },
  ReservePaused: { field: WORD.paused, argument: "paused" },
} as const;

/** Switches a flag and logs it. */
export function switchParameter(
  step: Step,
  reserve: Reserve,
  event: keyof typeof SWITCHES,
  on: boolean,
): void {
  const { field, argument } = SWITCHES[event];
  setParameter(reserve, field, on ? 1n : 0n);
  log(step, event, { asset: reserve.identity.underlying, [argument]: on });
}

/** Accrues at the old factor, then sets the new one. In 3.0 the change acts back to the last accrual. */
export function setReserveFactor(step: Step, reserve: Reserve, bps: bigint): void {
  step.effects.touched.add(reserve);
  if (step.profile.factorChangeSyncs) accrue(step, reserve);
  const old = reserve.parameters.factorBps;
  setParameter(reserve, WORD.factor, bps);
  log(step, "ReserveFactorChanged", {
    asset: reserve.identity.underlying,
    oldReserveFactor: old,
    newReserveFactor: bps,
  });
}

/** Accrues at the old rates, then sets the new parameters. */
export function setRateParameters(step: Step, reserve: Reserve, rate: RateParameters): void {
  accrue(step, reserve);
  reserve.optimalUsageBps = rate.optimalUsageBps;
  reserve.baseRateBps = rate.baseRateBps;
  reserve.slope1Bps = rate.slope1Bps;
  reserve.slope2Bps = rate.slope2Bps;
  step.emit(reserve.identity.rateStrategy ?? step.market.addresses.configurator, "RateDataUpdate", {
    reserve: reserve.identity.underlying,
    optimalUsageRatio: rate.optimalUsageBps,
    baseVariableBorrowRate: rate.baseRateBps,
    variableRateSlope1: rate.slope1Bps,
    variableRateSlope2: rate.slope2Bps,
  });
}

/** Accrues and sets rates without moving anything (Pool.syncIndexesState and syncRatesState). */
export function synchronise(step: Step, reserve: Reserve): void {
  accrue(step, reserve);
  updateRates(step, reserve, 0n, 0n);
}

/** Sets loan-to-value, threshold and bonus as they take effect. */
export function setCollateralParameters(
  step: Step,
  reserve: Reserve,
  values: { readonly ltvBps: bigint; readonly thresholdBps: bigint; readonly bonusBps: bigint },
): void {
  setParameter(reserve, WORD.ltv, values.ltvBps);
  setParameter(reserve, WORD.threshold, values.thresholdBps);
  setParameter(reserve, WORD.bonus, values.bonusBps);
  log(step, "CollateralConfigurationChanged", {
    asset: reserve.identity.underlying,
    ltv: values.ltvBps,
    liquidationThreshold: values.thresholdBps,
    liquidationBonus: values.bonusBps,
  });
}

export function parkLtv(step: Step, reserve: Reserve, ltvBps: bigint): void {
  reserve.parkedLtvBps = ltvBps;
  log(step, "PendingLtvChanged", { asset: reserve.identity.underlying, ltv: ltvBps });
}

export function setGrace(step: Step, reserve: Reserve, untilSeconds: bigint): void {
  reserve.graceUntilSeconds = untilSeconds;
  log(step, "LiquidationGracePeriodChanged", {
    asset: reserve.identity.underlying,
    gracePeriodUntil: untilSeconds,
  });
}

/** Sets or clears an asset's loan-to-value of 0 inside a category. */
export function setLtvZeroInCategory(step: Step, reserve: Reserve, category: number, zero: boolean): void {
  const found = step.market.openCategory(category);
  const bit = 1n << BigInt(reserve.id);
  found.ltvZeroBitmap = zero ? found.ltvZeroBitmap | bit : found.ltvZeroBitmap & ~bit;
  log(step, "AssetLtvzeroInEModeChanged", {
    asset: reserve.identity.underlying,
    categoryId: BigInt(category),
    ltvzero: zero,
  });
}

export function setFlashPremium(step: Step, bps: bigint): void {
  const old = step.market.flashPremiumBps;
  step.market.flashPremiumBps = bps;
  log(step, "FlashloanPremiumTotalUpdated", {
    oldFlashloanPremiumTotal: old,
    newFlashloanPremiumTotal: bps,
  });
}

export function setFlashPremiumToProtocol(step: Step, bps: bigint): void {
  const old = step.market.flashPremiumToProtocolBps;
  step.market.flashPremiumToProtocolBps = bps;
  log(step, "FlashloanPremiumToProtocolUpdated", {
    oldFlashloanPremiumToProtocol: old,
    newFlashloanPremiumToProtocol: bps,
  });
}

/** Sets an oracle price; the test oracle says when. */
export function setPrice(step: Step, reserve: Reserve, priceBase: bigint): void {
  reserve.priceBase = priceBase;
  reserve.priceKnown = true;
  step.emit(step.market.addresses.oracle, "AssetPriceUpdated", {
    asset: reserve.identity.underlying,
    price: priceBase,
    timestamp: step.now,
  });
}

function log(step: Step, name: string, args: Parameters<Step["emit"]>[2]): void {
  step.emit(step.market.addresses.configurator, name, args);
}
