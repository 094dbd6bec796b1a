import { toAssetsUp, toSharesDown } from "@shortfall/math";
import { toAmount } from "../amounts.js";
import { MAX_UINT, VIRTUAL_DEPOSIT } from "../constants.js";
import { refuse } from "../refusal.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";
import { increaseBalance, pullAssets } from "./balances.js";

/** Who pays or acts, who gets the shares, and how much. */
export interface DepositInput {
  readonly from: string;
  readonly receiver: string;
  readonly amount: bigint;
}

/** Buys shares for `amount` assets; shares round down, the vault keeps the rest (`deposit`). */
export function deposit(step: Step, vault: Vault, input: DepositInput): void {
  step.open(vault);
  const assets = toAmount(input.amount);
  if (assets === 0n) return;
  const shares = toAmount(toSharesDown(assets, vault.shareTotals, VIRTUAL_DEPOSIT));
  if (shares === 0n) refuse("E_ZeroShares");
  finalize(step, vault, input, assets, shares);
}

/** Buys `amount` shares; assets round up (`mint`). */
export function mint(step: Step, vault: Vault, input: DepositInput): void {
  step.open(vault);
  const shares = toAmount(input.amount);
  if (shares === 0n) return;
  const assets = toAmount(toAssetsUp(shares, vault.shareTotals, VIRTUAL_DEPOSIT));
  finalize(step, vault, input, assets, shares);
}

function finalize(step: Step, vault: Vault, input: DepositInput, assets: bigint, shares: bigint): void {
  step.deed("deposit", vault, input.receiver, () => {
    pullAssets(step, vault, input.from, assets);
    increaseBalance(step, vault, input.receiver, input.from, shares, assets);
  });
}

/**
 * Turns tokens that the vault holds and does not count into shares of whoever comes first (`skim`). The maximum
 * means all of them.
 */
export function skim(step: Step, vault: Vault, input: DepositInput): void {
  step.open(vault);
  const available = toAmount(vault.balance) <= vault.cash ? 0n : vault.balance - vault.cash;
  const assets = input.amount === MAX_UINT ? available : toAmount(input.amount);
  if (assets > available) refuse("E_InsufficientAssets");
  if (assets === 0n) return;
  const shares = toAmount(toSharesDown(assets, vault.shareTotals, VIRTUAL_DEPOSIT));
  if (shares === 0n) refuse("E_ZeroShares");
  step.deed("skim", vault, input.receiver, () => {
    increaseBalance(step, vault, input.receiver, input.from, shares, assets);
    vault.cash = toAmount(vault.cash + assets);
  });
}
