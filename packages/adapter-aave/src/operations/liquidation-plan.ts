import { min } from "@shortfall/math";
import { normalizedIncomeRay } from "../accrual.js";
import {
  divide,
  multiply,
  percentDiv,
  percentDivCeil,
  percentDivFloor,
  percentMul,
  percentMulCeil,
  percentMulFloor,
  subtract,
} from "../arithmetic.js";
import {
  CLOSE_FACTOR_BPS,
  FULL_CLOSE_HEALTH_FACTOR_WAD,
  HEALTH_FACTOR_ONE_WAD,
  MIN_CLOSE_FACTOR_VALUE_BASE,
  MIN_LEFTOVER_VALUE_BASE,
} from "../constants.js";
import type { Reserve } from "../reserve.js";
import type { Step } from "../step.js";
import {
  type AccountValuation,
  collateralValueBase,
  debtValueBase,
  inCategory,
  valueAccount,
} from "../valuation.js";

/** What a liquidation comes to. Determined by prices in a call, shown in full by its logs. */
export interface LiquidationOutcome {
  readonly repaidAssets: bigint;
  /** What the liquidator gets; the fee is not in it. */
  readonly seizedAssets: bigint;
  /** Protocol's part of the bonus, before it is capped by what is left of the collateral. */
  readonly feeAssets: bigint;
  /** The fee transfer takes place, even where the cap leaves 0 of it. */
  readonly paysFee: boolean;
  readonly clearsCollateral: boolean;
  /** No collateral is left: what is owed becomes a deficit. */
  readonly writesOff: boolean;
}

export interface LiquidationParties {
  readonly collateral: Reserve;
  readonly debt: Reserve;
  readonly borrower: number;
}

/** Index that a seizure is converted at: stored from 3.5, of this second before. */
export function seizureIndexRay(step: Step, collateral: Reserve): bigint {
  return step.profile.collateralAccrual === "at-start"
    ? collateral.liquidityIndexRay
    : normalizedIncomeRay(collateral, step.now);
}

/**
 * Values the borrower, tests that the liquidation is allowed, and computes what it comes to
 * (LiquidationLogic.executeLiquidationCall up to the first write). The debt reserve has accrued.
 */
export function planLiquidation(
  step: Step,
  parties: LiquidationParties,
  debtToCover: bigint,
): LiquidationOutcome {
  const { collateral, debt, borrower } = parties;
  const { profile } = step;
  const valuation = valueAccount(step, borrower);
  const indexRay = seizureIndexRay(step, collateral);
  const heldAssets = profile.scaling.claim(collateral.supplies.get(borrower), indexRay);
  const owedAssets = profile.scaling.debt(debt.debts.get(borrower), debt.borrowIndexRay);
  validate(step, parties, valuation, owedAssets);
  const bonusBps = liquidationBonusBps(step, parties);
  const limit = closeLimit(step, parties, valuation, heldAssets, owedAssets);
  const seizure = computeSeizure(step, parties, min(debtToCover, limit), heldAssets, bonusBps);
  const takenAssets = seizure.seizedAssets + seizure.feeAssets;
  if (profile.deficit && seizure.repaidAssets < owedAssets && takenAssets < heldAssets) {
    const debtLeft = debtValueBase(step, debt, owedAssets - seizure.repaidAssets);
    const collateralLeft = collateralValueBase(collateral, heldAssets - takenAssets);
    if (debtLeft < MIN_LEFTOVER_VALUE_BASE || collateralLeft < MIN_LEFTOVER_VALUE_BASE) {
      step.refuse("MustNotLeaveDust");
    }
  }
  const paysFee = seizure.feeAssets !== 0n;
  return { ...seizure, paysFee, ...exhaustion(step, parties, seizure, heldAssets, valuation, indexRay) };
}

function validate(step: Step, parties: LiquidationParties, valuation: AccountValuation, owed: bigint): void {
  const { collateral, debt, borrower } = parties;
  if (!collateral.parameters.active || !debt.parameters.active) step.refuse("ReserveInactive");
  if (collateral.parameters.paused || debt.parameters.paused) step.refuse("ReservePaused");
  if (
    step.profile.graceSentinel &&
    (collateral.graceUntilSeconds >= step.now || debt.graceUntilSeconds >= step.now)
  ) {
    step.refuse("LiquidationGraceSentinelCheckFailed");
  }
  if (valuation.healthFactorWad >= HEALTH_FACTOR_ONE_WAD) step.refuse("HealthFactorNotBelowThreshold");
  if (collateral.parameters.thresholdBps === 0n || !step.market.isCollateral(borrower, collateral)) {
    step.refuse("CollateralCannotBeLiquidated");
  }
  if (owed === 0n) step.refuse("SpecifiedCurrencyNotBorrowedByUser");
}

function liquidationBonusBps(step: Step, { collateral, borrower }: LiquidationParties): bigint {
  const category = step.market.categoryOf(borrower);
  return category !== undefined && inCategory(step, category, collateral)
    ? category.bonusBps
    : collateral.parameters.bonusBps;
}

/** Most of the debt that may be repaid at once. */
function closeLimit(
  step: Step,
  { collateral, debt }: LiquidationParties,
  valuation: AccountValuation,
  heldAssets: bigint,
  owedAssets: bigint,
): bigint {
  const partial = valuation.healthFactorWad > FULL_CLOSE_HEALTH_FACTOR_WAD;
  if (step.profile.closeFactor === "per-reserve") {
    return percentMul(owedAssets, partial ? CLOSE_FACTOR_BPS : 10_000n);
  }
  const heldBase = collateralValueBase(collateral, heldAssets);
  const owedBase = debtValueBase(step, debt, owedAssets);
  if (heldBase < MIN_CLOSE_FACTOR_VALUE_BASE || owedBase < MIN_CLOSE_FACTOR_VALUE_BASE || !partial) {
    return owedAssets;
  }
  const half = percentMul(valuation.debtBase, CLOSE_FACTOR_BPS);
  return owedBase > half ? divide(multiply(half, debt.unit), debt.priceBase) : owedAssets;
}

/** Collateral for a repayment, capped by what is held (_calculateAvailableCollateralToLiquidate). */
function computeSeizure(
  step: Step,
  { collateral, debt }: LiquidationParties,
  repaid: bigint,
  heldAssets: bigint,
  bonusBps: bigint,
): { repaidAssets: bigint; seizedAssets: bigint; feeAssets: bigint } {
  const directed = step.profile.seizure === "directed";
  const base = divide(
    multiply(multiply(debt.priceBase, repaid), collateral.unit),
    multiply(collateral.priceBase, debt.unit),
  );
  const most = directed ? percentMulFloor(base, bonusBps) : percentMul(base, bonusBps);
  let seizedAssets = most;
  let repaidAssets = repaid;
  if (most > heldAssets) {
    seizedAssets = heldAssets;
    const worth = divide(
      multiply(multiply(collateral.priceBase, heldAssets), debt.unit),
      multiply(debt.priceBase, collateral.unit),
    );
    repaidAssets =
      step.profile.cappedRepayment === "ceil" ? percentDivCeil(worth, bonusBps) : percentDiv(worth, bonusBps);
  }
  const feeBps = collateral.parameters.protocolFeeBps;
  if (feeBps === 0n) return { repaidAssets, seizedAssets, feeAssets: 0n };
  const withoutBonus = directed
    ? percentDivFloor(seizedAssets, bonusBps)
    : percentDiv(seizedAssets, bonusBps);
  const bonus = subtract(seizedAssets, withoutBonus);
  const feeAssets = directed ? percentMulCeil(bonus, feeBps) : percentMul(bonus, feeBps);
  return { repaidAssets, seizedAssets: seizedAssets - feeAssets, feeAssets };
}

/** Whether the seizure empties the collateral reserve, and whether it leaves the borrower without collateral. */
function exhaustion(
  step: Step,
  { collateral, borrower }: LiquidationParties,
  seizure: { seizedAssets: bigint; feeAssets: bigint },
  heldAssets: bigint,
  valuation: AccountValuation,
  indexRay: bigint,
): { clearsCollateral: boolean; writesOff: boolean } {
  const { scaling, exhaustion: rule } = step.profile;
  const takenAssets = seizure.seizedAssets + seizure.feeAssets;
  if (rule === "none") return { clearsCollateral: takenAssets === heldAssets, writesOff: false };
  if (rule === "value") {
    return {
      clearsCollateral: takenAssets === heldAssets,
      writesOff: collateralValueBase(collateral, takenAssets) === valuation.collateralBase,
    };
  }
  const heldScaled = collateral.supplies.get(borrower);
  const takenScaled = min(
    scaling.withdraw(seizure.seizedAssets, indexRay) + scaling.withdraw(seizure.feeAssets, indexRay),
    heldScaled,
  );
  const takenBase = collateralValueBase(collateral, scaling.claim(takenScaled, indexRay));
  const writesOff = takenBase === valuation.collateralBase;
  return { clearsCollateral: writesOff || takenScaled === heldScaled, writesOff };
}
