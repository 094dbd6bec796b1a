import { ZERO_ADDRESS } from "./constants.js";
import { panicOverflow, Refusal } from "./refusal.js";
import type { Reserve } from "./reserve.js";
import type { Step } from "./step.js";

/**
 * Moves the underlying between two wallets and logs it. Only the aToken's balance is known in full, so only
 * there can it fall short; the token refuses then, not the pool.
 */
export function moveUnderlying(step: Step, reserve: Reserve, from: string, to: string, assets: bigint): void {
  const { market } = step;
  const { aToken, underlying } = reserve.identity;
  const source = market.account(from);
  if (from === aToken && reserve.wallets.get(source) < assets) {
    throw new Refusal(
      step.profile.reportsAllowance
        ? "Error(ERC20: transfer amount exceeds balance)"
        : `ERC20InsufficientBalance(${market.spelled(from)},${reserve.wallets.get(source)},${assets})`,
    );
  }
  if (from !== aToken && from !== ZERO_ADDRESS) {
    const funds = market.fundsOf(reserve, from);
    if (funds !== undefined && funds < assets) panicOverflow();
  }
  reserve.wallets.shift(source, -assets);
  reserve.wallets.shift(market.account(to), assets);
  step.effects.touched.add(reserve);
  step.emit(underlying, "Transfer", { from, to, value: assets });
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
