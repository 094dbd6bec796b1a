import { accrue } from "../accrual.js";
import { add, multiply } from "../arithmetic.js";
import { updateRates } from "../rates.js";
import type { Reserve } from "../reserve.js";
import { mintScaled } from "../scaled-token.js";
import type { Step } from "../step.js";
import { pullUnderlying } from "../underlying.js";
import { enableOnReceipt } from "./collateral-switch.js";

export interface SupplyInput {
  readonly reserve: Reserve;
  readonly caller: string;
  readonly onBehalfOf: string;
  readonly amountAssets: bigint;
}

/** Adds underlying for aTokens (SupplyLogic.executeSupply). */
export function supply(step: Step, input: SupplyInput): void {
  const { reserve, amountAssets } = input;
  const { market, profile } = step;
  accrue(step, reserve);
  const index = reserve.liquidityIndexRay;
  if (amountAssets === 0n) step.refuse("InvalidAmount");
  const halfUp = profile.scaling.kind === "half-up";
  const scaled = halfUp ? 0n : profile.scaling.supply(amountAssets, index);
  if (!halfUp && scaled === 0n) step.refuse("InvalidAmount");
  const { active, paused, frozen, supplyCap } = reserve.parameters;
  step.require(active, "ReserveInactive");
  step.require(!paused, "ReservePaused");
  step.require(!frozen, "ReserveFrozen");
  if (profile.receiverChecks) {
    step.require(input.onBehalfOf !== reserve.identity.aToken, "SupplyToAToken");
  }
  if (step.guard && supplyCap !== 0n) {
    const before = add(reserve.supplyScaled, reserve.treasuryScaled);
    const after = halfUp
      ? add(profile.scaling.claim(before, index), amountAssets)
      : profile.scaling.claim(add(before, scaled), index);
    step.require(after <= multiply(supplyCap, reserve.unit), "SupplyCapExceeded");
  }
  updateRates(step, reserve, amountAssets, 0n);
  pullUnderlying(step, reserve, input.caller, amountAssets);
  // The aToken of an issued asset cannot be minted.
  if (market.isIssued(reserve)) step.refuse("OperationNotSupported");
  const account = market.account(input.onBehalfOf);
  const amount = {
    assets: amountAssets,
    scaled: halfUp ? profile.scaling.supply(amountAssets, index) : scaled,
  };
  const first = mintScaled(step, reserve, "supply", input.caller, account, amount, index);
  if (first) enableOnReceipt(step, reserve, account);
  step.emit(market.addresses.pool, "Supply", {
    reserve: reserve.identity.underlying,
    user: input.caller,
    onBehalfOf: input.onBehalfOf,
    amount: amountAssets,
    referralCode: 0n,
  });
}
