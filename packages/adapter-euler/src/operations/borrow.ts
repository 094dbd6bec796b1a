import { toAssetsDown, toSharesUp } from "@shortfall/math";
import { owedToAssetsUp, toAmount } from "../amounts.js";
import { MAX_UINT, VIRTUAL_DEPOSIT } from "../constants.js";
import { refuse } from "../refusal.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";
import { decreaseBalance, pullAssets, pushAssets } from "./balances.js";
import { decreaseBorrow, increaseBorrow, transferBorrow } from "./debt.js";

/** Who acts, whose debt or purse it is for, and how much; the maximum means all there is. */
export interface BorrowInput {
  readonly from: string;
  readonly receiver: string;
  readonly amount: bigint;
}

/** Lends cash out (`borrow`). The caller's health is checked at the end. */
export function borrow(step: Step, vault: Vault, input: BorrowInput): void {
  step.open(vault);
  step.requireAccountCheck(input.from);
  const assets = input.amount === MAX_UINT ? vault.cash : toAmount(input.amount);
  if (assets === 0n) return;
  if (assets > vault.cash) refuse("E_InsufficientCash");
  step.deed("borrow", vault, input.from, () => {
    increaseBorrow(step, vault, input.from, assets);
    pushAssets(step, vault, input.receiver, assets);
  });
}

/** Pays the receiver's debt with tokens (`repay`). */
export function repay(step: Step, vault: Vault, input: BorrowInput): void {
  step.open(vault);
  const owed = owedToAssetsUp(vault.owedNow(step.state.accounts.intern(input.receiver)));
  const assets = toAmount(input.amount === MAX_UINT ? owed : input.amount);
  if (assets === 0n) return;
  step.deed("repay", vault, input.receiver, () => {
    pullAssets(step, vault, input.from, assets);
    decreaseBorrow(step, vault, input.receiver, assets);
  });
}

/** Pays the receiver's debt by burning the caller's shares; no token moves (`repayWithShares`). */
export function repayWithShares(step: Step, vault: Vault, input: BorrowInput): void {
  step.open(vault);
  step.requireAccountCheck(input.from);
  const owed = owedToAssetsUp(vault.owedNow(step.state.accounts.intern(input.receiver)));
  if (owed === 0n) return;
  const totals = vault.shareTotals;
  let assets: bigint;
  let shares: bigint;
  if (input.amount === MAX_UINT) {
    shares = vault.shares.get(step.state.accounts.intern(input.from));
    assets = toAmount(toAssetsDown(shares, totals, VIRTUAL_DEPOSIT));
  } else {
    assets = toAmount(input.amount);
    shares = toAmount(toSharesUp(assets, totals, VIRTUAL_DEPOSIT));
  }
  if (assets === 0n) return;
  if (assets > owed) {
    assets = owed;
    shares = toAmount(toSharesUp(assets, totals, VIRTUAL_DEPOSIT));
  }
  step.deed("repay-with-shares", vault, input.receiver, () => {
    decreaseBalance(step, vault, input.from, input.from, input.from, shares, assets);
    decreaseBorrow(step, vault, input.receiver, assets);
  });
}

/** Takes over debt of `debtor` (`pullDebt`). The caller's health is checked at the end. */
export function pullDebt(
  step: Step,
  vault: Vault,
  input: { readonly from: string; readonly debtor: string; readonly amount: bigint },
): void {
  step.open(vault);
  step.requireAccountCheck(input.from);
  if (input.debtor === input.from) refuse("E_SelfTransfer");
  const owed = () => owedToAssetsUp(vault.owedNow(step.state.accounts.intern(input.debtor)));
  const assets = input.amount === MAX_UINT ? owed() : toAmount(input.amount);
  if (assets === 0n) return;
  step.deed("pull-debt", vault, input.from, () => {
    transferBorrow(step, vault, input.debtor, input.from, assets);
    step.emit(vault.address, "PullDebt", { from: input.debtor, to: input.from, assets });
  });
}
