import { MAX_UINT256 } from "@shortfall/math";
import { accrue, normalizedIncomeRay } from "../accrual.js";
import { addPacked } from "../arithmetic.js";
import { ZERO_ADDRESS } from "../constants.js";
import { updateRates } from "../rates.js";
import { Refusal } from "../refusal.js";
import type { Reserve } from "../reserve.js";
import { burnScaled, logBalanceTransfer, transferScaled } from "../scaled-token.js";
import type { Step } from "../step.js";
import { moveUnderlying, pullUnderlying } from "../underlying.js";
import { disableCollateral, enableOnReceipt } from "./collateral-switch.js";
import {
  type LiquidationOutcome,
  type LiquidationParties,
  planLiquidation,
  seizureIndexRay,
} from "./liquidation-plan.js";
import { settleIssued } from "./repay.js";

export interface LiquidationInput extends LiquidationParties {
  readonly liquidator: string;
  readonly receiveAToken: boolean;
  /** The amount asked for, in a call; what it came to, as logs show it. */
  readonly size:
    | { readonly by: "call"; readonly debtToCover: bigint }
    | { readonly by: "logs"; readonly outcome: LiquidationOutcome };
}

/** Repays a debt and takes collateral for it (LiquidationLogic.executeLiquidationCall). */
export function liquidate(step: Step, input: LiquidationInput): void {
  const { collateral, debt, borrower, liquidator } = input;
  const { market, profile } = step;
  const same = collateral === debt;
  const borrowerAddress = market.address(borrower);
  if (!profile.selfLiquidation) step.require(borrowerAddress !== liquidator, "SelfLiquidation");
  accrue(step, debt, same && profile.doubleTreasuryAccrual);
  if (profile.collateralAccrual === "at-start") accrue(step, collateral);
  if (input.size.by === "logs") {
    requireConsistent(step, input, input.size.outcome);
    doubtOutcome(step, input, input.size.outcome);
  }
  const outcome =
    input.size.by === "call" ? planLiquidation(step, input, input.size.debtToCover) : input.size.outcome;
  const owed = profile.scaling.debt(debt.debts.get(borrower), debt.borrowIndexRay);

  if (!profile.deficit && owed === outcome.repaidAssets) market.setBorrowing(borrower, debt, false);
  if (outcome.clearsCollateral) disableCollateral(step, collateral, borrower);
  settleDebt(step, debt, borrower, owed, outcome.repaidAssets, outcome.writesOff);
  if (input.receiveAToken) payInATokens(step, input, outcome);
  else payInUnderlying(step, input, outcome);
  if (outcome.paysFee) payFee(step, input, outcome.feeAssets);
  if (outcome.writesOff && market.isBorrowingAny(borrower)) writeOffOthers(step, borrower);

  // The payment arrives last: until here the aToken may hold less than the virtual balance says.
  pullUnderlying(step, debt, liquidator, outcome.repaidAssets);
  settleIssued(step, debt, borrower, outcome.repaidAssets);
  step.emit(market.addresses.pool, "LiquidationCall", {
    collateralAsset: collateral.identity.underlying,
    debtAsset: debt.identity.underlying,
    user: borrowerAddress,
    debtToCover: outcome.repaidAssets,
    liquidatedCollateralAmount: outcome.seizedAssets,
    liquidator,
    receiveAToken: input.receiveAToken,
  });
}

/**
 * Whatever the prices: only flagged collateral is seized, a seizure that takes all of it clears the flag, and
 * nothing more than is owed is repaid. Logs that say otherwise are not of one liquidation.
 */
function requireConsistent(step: Step, parties: LiquidationParties, seen: LiquidationOutcome): void {
  const { collateral, debt, borrower } = parties;
  const { scaling, exhaustion } = step.profile;
  const index = seizureIndexRay(step, collateral);
  const held = collateral.supplies.get(borrower);
  const empties =
    exhaustion === "scaled"
      ? scaling.withdraw(seen.seizedAssets, index) + scaling.withdraw(seen.feeAssets, index) >= held
      : seen.seizedAssets + seen.feeAssets === scaling.claim(held, index);
  const owed = scaling.debt(debt.debts.get(borrower), debt.borrowIndexRay);
  const flagged = step.market.isCollateral(borrower, collateral);
  if (!flagged || (empties && !seen.clearsCollateral) || seen.repaidAssets > owed) {
    throw new Refusal("the logs of this liquidation contradict each other");
  }
}

/**
 * Where all prices are known, holds the logged outcome against what they imply. The amount asked for is not
 * logged and need not be: asking for the logged repayment takes the same branch, and where collateral capped
 * it, asking for everything does.
 */
function doubtOutcome(step: Step, parties: LiquidationParties, seen: LiquidationOutcome): void {
  const { market } = step;
  const flags = market.flags.get(parties.borrower);
  const priced = market.reserves.every(
    (reserve) => reserve.priceKnown || (flags >> BigInt(2 * reserve.id)) % 4n === 0n,
  );
  if (!priced) return;
  const reasons: string[] = [];
  for (const debtToCover of [seen.repaidAssets, MAX_UINT256]) {
    try {
      const planned = planLiquidation(step, parties, debtToCover);
      if (sameOutcome(planned, seen)) return;
      reasons.push(
        `${planned.repaidAssets} repaid, ${planned.seizedAssets} seized, ${planned.feeAssets} fee` +
          `${planned.writesOff ? ", written off" : ""}`,
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reasons.push(`a refusal with ${error.reason}`);
    }
  }
  step.effects.doubts.push(
    `Prices imply ${reasons.join(" or ")}, but the logs show ${seen.repaidAssets} repaid, ` +
      `${seen.seizedAssets} seized and ${seen.feeAssets} fee`,
  );
}

/** The fee in logs is capped by what was left of the collateral; a write-off shows only where debt was left. */
function sameOutcome(planned: LiquidationOutcome, seen: LiquidationOutcome): boolean {
  return (
    planned.repaidAssets === seen.repaidAssets &&
    planned.seizedAssets === seen.seizedAssets &&
    planned.feeAssets >= seen.feeAssets &&
    planned.paysFee === seen.paysFee &&
    planned.clearsCollateral === seen.clearsCollateral &&
    (planned.writesOff || !seen.writesOff)
  );
}

/**
 * Burns what was repaid, or everything where nothing is left to seize, and books the difference as deficit
 * (LiquidationLogic._burnDebtTokens). The new deficit is in the rates already.
 */
function settleDebt(
  step: Step,
  reserve: Reserve,
  borrower: number,
  owed: bigint,
  repaid: bigint,
  writesOff: boolean,
): void {
  const { market, profile } = step;
  const burnedAssets = writesOff ? owed : repaid;
  const burned = {
    assets: burnedAssets,
    scaled: profile.scaling.repay(burnedAssets, reserve.borrowIndexRay),
  };
  // From 3.3 a debt of 0 is skipped instead of refused.
  if (!profile.deficit || owed !== 0n) {
    burnScaled(step, reserve, "debt", borrower, ZERO_ADDRESS, burned, reserve.borrowIndexRay);
  }
  if (profile.deficit) {
    let left = owed - repaid;
    if (writesOff && left !== 0n) {
      bookDeficit(step, reserve, borrower, left, repaid);
      left = 0n;
    }
    const emptied = reserve.debts.get(borrower) === 0n;
    if (profile.borrowingBit === "scaled" ? emptied : left === 0n) {
      market.setBorrowing(borrower, reserve, false);
    }
  }
  updateRates(step, reserve, repaid, 0n);
}

function bookDeficit(step: Step, reserve: Reserve, borrower: number, left: bigint, repaid: bigint): void {
  const { market } = step;
  let amountAssets = left;
  if (market.isIssued(reserve)) {
    // Unpaid interest of an issued asset was never principal: it is forgiven, not carried.
    const unpaid = reserve.unpaidInterest.get(borrower);
    if (unpaid > repaid) {
      amountAssets -= unpaid - repaid;
      reserve.unpaidInterest.set(borrower, repaid);
    }
  }
  reserve.deficitAssets = addPacked(reserve.deficitAssets, step.narrow(amountAssets, 128n), 128n);
  step.effects.created.push({
    reserve,
    account: borrower,
    amountAssets,
    forgivenAssets: left - amountAssets,
  });
  step.emit(market.addresses.pool, "DeficitCreated", {
    user: market.address(borrower),
    debtAsset: reserve.identity.underlying,
    amountCreated: amountAssets,
  });
}

/** Every other debt of an account without collateral, in order of reserve id (_burnBadDebt). */
function writeOffOthers(step: Step, borrower: number): void {
  const { market, profile } = step;
  for (const reserve of market.reserves) {
    if (!market.isBorrowing(borrower, reserve) || !reserve.parameters.active) continue;
    accrue(step, reserve);
    const owed = profile.scaling.debt(reserve.debts.get(borrower), reserve.borrowIndexRay);
    settleDebt(step, reserve, borrower, owed, 0n, true);
  }
}

function payInATokens(step: Step, input: LiquidationInput, outcome: LiquidationOutcome): void {
  const { collateral, borrower } = input;
  const { market, profile } = step;
  const indexRay = seizureIndexRay(step, collateral);
  const liquidator = market.account(input.liquidator);
  const heldBefore = collateral.supplies.get(liquidator);
  const wasEmpty =
    profile.liquidatorBalance === "rounded"
      ? profile.scaling.claim(heldBefore, indexRay) === 0n
      : heldBefore === 0n;
  const amount = {
    assets: outcome.seizedAssets,
    scaled: profile.scaling.withdraw(outcome.seizedAssets, indexRay),
  };
  transferScaled(step, collateral, market.addresses.pool, borrower, liquidator, amount, indexRay);
  logBalanceTransfer(step, collateral, borrower, liquidator, amount, indexRay);
  if (!profile.receiptEnablesCollateral) return;
  const tookBack = profile.selfLiquidationKeepsFlag && liquidator === borrower && outcome.clearsCollateral;
  if (wasEmpty || tookBack) enableOnReceipt(step, collateral, liquidator);
}

function payInUnderlying(step: Step, input: LiquidationInput, outcome: LiquidationOutcome): void {
  const { collateral, borrower, liquidator } = input;
  accrue(step, collateral);
  updateRates(step, collateral, 0n, outcome.seizedAssets);
  const indexRay = collateral.liquidityIndexRay;
  const amount = {
    assets: outcome.seizedAssets,
    scaled: step.profile.scaling.withdraw(outcome.seizedAssets, indexRay),
  };
  burnScaled(step, collateral, "supply", borrower, liquidator, amount, indexRay);
  moveUnderlying(step, collateral, collateral.identity.aToken, liquidator, outcome.seizedAssets);
}

/** Sends the protocol's part of the bonus to the treasury, at most what is left of the collateral. */
function payFee(step: Step, input: LiquidationInput, feeAssets: bigint): void {
  const { collateral, borrower } = input;
  const { market, profile } = step;
  const indexRay =
    profile.collateralAccrual === "at-start"
      ? collateral.liquidityIndexRay
      : normalizedIncomeRay(collateral, step.now);
  const rest = collateral.supplies.get(borrower);
  let amount = { assets: feeAssets, scaled: profile.scaling.withdraw(feeAssets, indexRay) };
  if (amount.scaled > rest) {
    const assets = profile.scaling.claim(rest, indexRay);
    amount = {
      assets,
      scaled: profile.scaling.kind === "half-up" ? profile.scaling.withdraw(assets, indexRay) : rest,
    };
  }
  const treasury = market.account(market.addresses.treasury);
  transferScaled(step, collateral, market.addresses.pool, borrower, treasury, amount, indexRay);
  logBalanceTransfer(step, collateral, borrower, treasury, amount, indexRay);
}
