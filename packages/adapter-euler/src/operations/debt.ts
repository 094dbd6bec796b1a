import { assetsToOwed, isDust, owedToAssetsUp, toAmount, toOwed } from "../amounts.js";
import { ZERO_ADDRESS } from "../constants.js";
import { refuse } from "../refusal.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";

/** Adds to an account's debt and to the pool's (`BorrowUtils.increaseBorrow`). */
export function increaseBorrow(step: Step, vault: Vault, account: string, assets: bigint): void {
  const id = step.state.accounts.intern(account);
  const stored = vault.owed.get(id);
  const owed = toOwed(vault.owedNow(id) + assetsToOwed(assets));
  const total = toOwed(vault.totalBorrowsOwed + assetsToOwed(assets));
  setDebt(vault, id, owed);
  vault.totalBorrowsOwed = total;
  logBorrow(step, vault, account, assets, owedToAssetsUp(stored), owedToAssetsUp(owed));
}

/**
 * Takes whole assets off an account's debt (`BorrowUtils.decreaseBorrow`). What remains is rounded up to whole
 * assets: the borrower pays the fraction, and the pool's total follows.
 *
 * @throws {Refusal} `E_RepayTooMuch`.
 */
export function decreaseBorrow(step: Step, vault: Vault, account: string, assets: bigint): void {
  const id = step.state.accounts.intern(account);
  const stored = vault.owed.get(id);
  const exact = vault.owedNow(id);
  const whole = owedToAssetsUp(exact);
  if (assets > whole) refuse("E_RepayTooMuch");
  const rest = assetsToOwed(whole - assets);
  const total = vault.totalBorrowsOwed;
  const totalAfter = total > exact ? toOwed(total - exact + rest) : rest;
  if (exact > total) step.noteLag(owedToAssetsUp(exact - total));
  setDebt(vault, id, rest);
  vault.totalBorrowsOwed = totalAfter;
  logRepay(step, vault, account, assets, owedToAssetsUp(stored), whole - assets);
}

/**
 * Moves debt between accounts (`BorrowUtils.transferBorrow`); the pool's total stands. Within one unit of the
 * whole debt, exactly the whole debt moves. Interest in the logs is never negative: the amounts logged may then
 * differ from `assets` by one.
 *
 * @throws {Refusal} `E_InsufficientDebt`.
 */
export function transferBorrow(step: Step, vault: Vault, from: string, to: string, assets: bigint): void {
  const source = step.state.accounts.intern(from);
  const target = step.state.accounts.intern(to);
  const sourceStored = vault.owed.get(source);
  const sourceOwed = vault.owedNow(source);
  const amount = snapToDebt(assetsToOwed(assets), sourceOwed);
  if (amount > sourceOwed) refuse("E_InsufficientDebt");
  const targetStored = vault.owed.get(target);
  const targetAfter = toOwed(vault.owedNow(target) + amount);
  const sourceAfter = sourceOwed - amount;
  setDebt(vault, source, sourceAfter);
  setDebt(vault, target, targetAfter);
  const sourceBefore = owedToAssetsUp(sourceStored);
  const sourceRest = owedToAssetsUp(sourceAfter);
  const repaid = sourceBefore > toAmount(assets + sourceRest) ? sourceBefore - sourceRest : assets;
  logRepay(step, vault, from, repaid, sourceBefore, sourceRest);
  const targetBefore = owedToAssetsUp(targetStored);
  const targetWhole = owedToAssetsUp(targetAfter);
  const borrowed = toAmount(assets + targetBefore) > targetWhole ? targetWhole - targetBefore : assets;
  logBorrow(step, vault, to, borrowed, targetBefore, targetWhole);
}

function snapToDebt(amount: bigint, owed: bigint): bigint {
  const gap = amount > owed ? amount - owed : owed - amount;
  return gap > 0n && isDust(gap) ? owed : amount;
}

/** Both figures are written even where the debt becomes 0: the accumulator then goes stale. */
function setDebt(vault: Vault, account: number, owed: bigint): void {
  vault.owed.set(account, owed);
  vault.accumulators.set(account, vault.interestAccumulator);
}

function logBorrow(
  step: Step,
  vault: Vault,
  account: string,
  assets: bigint,
  before: bigint,
  after: bigint,
): void {
  logInterest(step, vault, account, wrap(after - before - assets));
  if (assets !== 0n) step.emit(vault.address, "Borrow", { account, assets });
  logDebtToken(step, vault, account, before, after);
}

function logRepay(
  step: Step,
  vault: Vault,
  account: string,
  assets: bigint,
  before: bigint,
  after: bigint,
): void {
  logInterest(step, vault, account, wrap(after + assets - before));
  if (assets !== 0n) step.emit(vault.address, "Repay", { account, assets });
  logDebtToken(step, vault, account, before, after);
}

function logInterest(step: Step, vault: Vault, account: string, assets: bigint): void {
  if (assets !== 0n) step.emit(vault.address, "InterestAccrued", { account, assets });
}

/** The debt token mirrors the net change: with more interest than repayment it shows a mint. */
function logDebtToken(step: Step, vault: Vault, account: string, before: bigint, after: bigint): void {
  if (after > before) {
    step.emit(vault.debtToken, "Transfer", { from: ZERO_ADDRESS, to: account, value: after - before });
  } else if (before > after) {
    step.emit(vault.debtToken, "Transfer", { from: account, to: ZERO_ADDRESS, value: before - after });
  }
}

/** The logged interest is computed unchecked in 112 bits. */
const wrap = (value: bigint): bigint => (value < 0n ? BigInt.asUintN(112, value) : value);
