import { ZERO_ADDRESS } from "./constants.js";
import { panicOverflow, Refusal } from "./refusal.js";
import type { Reserve } from "./reserve.js";
import type { Step } from "./step.js";

/**
 * Moves the underlying between two wallets and logs it. Where a balance is known it can fall short; then the
 * token refuses, not the pool. An observer knows the aToken's only.
 */
export function moveUnderlying(step: Step, reserve: Reserve, from: string, to: string, assets: bigint): void {
  const { market } = step;
  const { aToken, underlying } = reserve.identity;
  const source = market.account(from);
  const held =
    from === aToken ? reserve.wallets.get(source) : step.guard ? market.fundsOf(reserve, from) : undefined;
  if (held !== undefined && held < assets) refuseTransfer(step, reserve, from, held, assets);
  reserve.wallets.shift(source, -assets);
  reserve.wallets.shift(market.account(to), assets);
  step.effects.touched.add(reserve);
  step.emit(underlying, "Transfer", { from, to, value: assets });
}

/** The token's own refusal: OpenZeppelin's, old or new, or the checked subtraction of issued assets. */
function refuseTransfer(step: Step, reserve: Reserve, from: string, held: bigint, assets: bigint): never {
  if (step.market.isIssued(reserve)) return panicOverflow();
  if (step.profile.reportsAllowance) throw new Refusal("Error(ERC20: transfer amount exceeds balance)");
  throw new Refusal(`ERC20InsufficientBalance(${step.market.spelled(from)},${held},${assets})`);
}

/** Pulls the underlying into the aToken. Older test tokens report the allowance that is left. */
export function pullUnderlying(step: Step, reserve: Reserve, from: string, assets: bigint): void {
  moveUnderlying(step, reserve, from, reserve.identity.aToken, assets);
  const { market } = step;
  const allowance = market.takeAllowance(reserve, from, assets);
  if (allowance !== undefined) {
    step.emit(reserve.identity.underlying, "Approval", {
      owner: from,
      spender: market.addresses.pool,
      value: allowance,
    });
  }
}

/** Mints an asset that the pool issues itself, to a borrower (GhoAToken.transferUnderlyingTo). */
export function issueUnderlying(step: Step, reserve: Reserve, to: string, assets: bigint): void {
  reserve.wallets.shift(step.market.account(to), assets);
  step.effects.touched.add(reserve);
  step.emit(reserve.identity.underlying, "Transfer", { from: ZERO_ADDRESS, to, value: assets });
  logLevel(step, reserve, assets);
}

/** Burns an issued asset that lies in the aToken. */
export function retireUnderlying(step: Step, reserve: Reserve, assets: bigint): void {
  const { aToken, underlying } = reserve.identity;
  reserve.wallets.shift(step.market.account(aToken), -assets);
  step.effects.touched.add(reserve);
  step.emit(underlying, "Transfer", { from: aToken, to: ZERO_ADDRESS, value: assets });
  logLevel(step, reserve, -assets);
}

function logLevel(step: Step, reserve: Reserve, by: bigint): void {
  const oldLevel = reserve.mintedLevelAssets;
  reserve.mintedLevelAssets = oldLevel + by;
  step.effects.fromOutside(reserve, -by);
  step.emit(reserve.identity.underlying, "FacilitatorBucketLevelUpdated", {
    facilitatorAddress: reserve.identity.aToken,
    oldLevel,
    newLevel: oldLevel + by,
  });
}
