import { normalizedIncomeRay } from "../accrual.js";
import type { Reserve } from "../reserve.js";
import { logBalanceTransfer, transferScaled } from "../scaled-token.js";
import type { Step } from "../step.js";
import { requireHealthy } from "../valuation.js";
import { disableCollateral, enableOnReceipt } from "./collateral-switch.js";

export interface TransferInput {
  readonly reserve: Reserve;
  /** Direct caller of the aToken: the owner, or whoever spends an allowance. */
  readonly sender: string;
  readonly from: string;
  readonly to: string;
  readonly amountAssets: bigint;
}

/**
 * Moves aTokens between holders (AToken._transfer and the pool's finalizeTransfer). Stores nothing in the
 * reserve: the index is the one of this second, not the stored one.
 */
export function transferATokens(step: Step, input: TransferInput): void {
  const { reserve } = input;
  const { market, profile } = step;
  const { scaling } = profile;
  step.narrow(input.amountAssets, profile.balanceBits);
  if (market.isIssued(reserve)) step.refuse("OperationNotSupported");
  const index = normalizedIncomeRay(reserve, step.now);
  const from = market.account(input.from);
  const to = market.account(input.to);
  const heldFrom = reserve.supplies.get(from);
  const heldTo = reserve.supplies.get(to);
  const amount = { assets: input.amountAssets, scaled: scaling.withdraw(input.amountAssets, index) };
  transferScaled(step, reserve, input.sender, from, to, amount, index);
  if (!profile.balanceTransferLast) logBalanceTransfer(step, reserve, from, to, amount, index);
  step.require(!reserve.parameters.paused, "ReservePaused");
  const moves = profile.transferHook === "amount" ? amount.assets !== 0n : amount.scaled !== 0n;
  if (from !== to && moves) {
    const wasEmpty =
      profile.transferBalance === "rounded" ? scaling.claim(heldTo, index) === 0n : heldTo === 0n;
    const leavesAll =
      scaling.kind === "half-up"
        ? scaling.claim(heldFrom, index) === amount.assets
        : heldFrom === amount.scaled;
    if (market.isCollateral(from, reserve)) {
      const checkedFirst = profile.transferHealthCheck === "before-clearing";
      if (checkedFirst && market.isBorrowingAny(from)) requireHealthy(step, from, reserve);
      if (leavesAll) disableCollateral(step, reserve, from);
      if (!checkedFirst && market.isBorrowingAny(from)) requireHealthy(step, from, reserve);
    }
    if (profile.receiptEnablesCollateral && wasEmpty) enableOnReceipt(step, reserve, to);
  }
  if (profile.balanceTransferLast) logBalanceTransfer(step, reserve, from, to, amount, index);
}
