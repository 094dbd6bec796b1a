import { accrue } from "../accrual.js";
import { add, multiply, percentDiv, percentDivCeil } from "../arithmetic.js";
import { HEALTH_FACTOR_ONE_WAD, VARIABLE_RATE_MODE } from "../constants.js";
import { updateRates } from "../rates.js";
import type { Reserve } from "../reserve.js";
import { mintScaled } from "../scaled-token.js";
import type { Step } from "../step.js";
import { issueUnderlying, moveUnderlying } from "../underlying.js";
import { borrowableInCategory, collateralValueBase, valueAccount } from "../valuation.js";

export interface BorrowInput {
  readonly reserve: Reserve;
  /** Receives the underlying. */
  readonly caller: string;
  /** Owes the debt. */
  readonly onBehalfOf: string;
  readonly amountAssets: bigint;
  /** False where a flash loan that was not repaid becomes a debt: its underlying left before. */
  readonly payout: boolean;
}

/** Takes underlying out for debt (BorrowLogic.executeBorrow). */
export function borrow(step: Step, input: BorrowInput): void {
  const { reserve, amountAssets } = input;
  const { market, profile } = step;
  accrue(step, reserve);
  const index = reserve.borrowIndexRay;
  const account = market.account(input.onBehalfOf);
  const scaled = profile.scaling.borrow(amountAssets, index);
  if (step.guard) validateBorrow(step, input, account, scaled);
  mintScaled(step, reserve, "debt", input.caller, account, { assets: amountAssets, scaled }, index);
  market.setBorrowing(account, reserve, true);
  updateRates(step, reserve, 0n, input.payout ? amountAssets : 0n);
  if (input.payout) {
    if (market.isIssued(reserve)) issueUnderlying(step, reserve, input.caller, amountAssets);
    else moveUnderlying(step, reserve, reserve.identity.aToken, input.caller, amountAssets);
  } else {
    reserve.inFlightAssets -= amountAssets;
    step.effects.fromOutside(reserve, -amountAssets);
  }
  if (step.guard && profile.borrowCheck === "after") requireCovered(step, account);
  step.emit(market.addresses.pool, "Borrow", {
    reserve: reserve.identity.underlying,
    user: input.caller,
    onBehalfOf: input.onBehalfOf,
    amount: amountAssets,
    interestRateMode: VARIABLE_RATE_MODE,
    borrowRate: reserve.borrowRateRay,
    referralCode: 0n,
  });
}

/** The conditions of ValidationLogic.validateBorrow, in its order. */
function validateBorrow(step: Step, input: BorrowInput, account: number, scaled: bigint): void {
  const { reserve, amountAssets } = input;
  const { market, profile } = step;
  const { scaling } = profile;
  const { active, paused, frozen, borrowing, borrowCap } = reserve.parameters;
  const directed = scaling.kind === "directed";
  const category = market.categoryOf(account);
  step.require((directed ? scaled : amountAssets) !== 0n, "InvalidAmount");
  step.require(active, "ReserveInactive");
  step.require(!paused, "ReservePaused");
  step.require(!frozen, "ReserveFrozen");
  const categoryRefusal =
    profile.categories === "single" ? "InconsistentEModeCategory" : "NotBorrowableInEMode";
  const allowedInCategory = category === undefined || borrowableInCategory(step, category, reserve);
  if (profile.borrowingFlagInCategory) step.require(borrowing, "BorrowingNotEnabled");
  else if (category !== undefined) step.require(allowedInCategory, categoryRefusal);
  else step.require(borrowing, "BorrowingNotEnabled");
  if (profile.borrowSupplyLimit && !market.isIssued(reserve)) {
    const supplied = scaling.claim(reserve.supplyScaled, reserve.liquidityIndexRay);
    const wanted = directed ? scaling.debt(scaled, reserve.borrowIndexRay) : amountAssets;
    step.require(supplied >= wanted, "InvalidAmount");
  }
  if (borrowCap !== 0n) {
    const after = directed
      ? scaling.debt(add(reserve.debtScaled, scaled), reserve.borrowIndexRay)
      : add(scaling.debt(reserve.debtScaled, reserve.borrowIndexRay), amountAssets);
    step.require(after <= multiply(borrowCap, reserve.unit), "BorrowCapExceeded");
  }
  if (profile.borrowingFlagInCategory) step.require(allowedInCategory, categoryRefusal);
  if (profile.borrowCheck === "before") requireCoverBefore(step, input, account);
}

/** Up to 3.4: the position before the borrow, plus the new debt at its price. */
function requireCoverBefore(step: Step, input: BorrowInput, account: number): void {
  const valuation = valueAccount(step, account);
  step.require(valuation.collateralBase !== 0n, "CollateralBalanceIsZero");
  step.require(valuation.ltvBps !== 0n, "LtvValidationFailed");
  step.require(
    valuation.healthFactorWad > HEALTH_FACTOR_ONE_WAD,
    "HealthFactorLowerThanLiquidationThreshold",
  );
  const added = collateralValueBase(input.reserve, input.amountAssets);
  const needed = percentDiv(add(valuation.debtBase, added), valuation.ltvBps);
  step.require(needed <= valuation.collateralBase, "CollateralCannotCoverNewBorrow");
}

/** From 3.5: the position as it stands after the borrow. */
function requireCovered(step: Step, account: number): void {
  const valuation = valueAccount(step, account);
  step.require(valuation.ltvBps !== 0n, "LtvValidationFailed");
  step.require(
    valuation.healthFactorWad >= HEALTH_FACTOR_ONE_WAD,
    "HealthFactorLowerThanLiquidationThreshold",
  );
  step.require(
    valuation.collateralBase >= percentDivCeil(valuation.debtBase, valuation.ltvBps),
    "CollateralCannotCoverNewBorrow",
  );
}
