import { toAmount } from "../amounts.js";
import { FLAG_DONT_SOCIALISE, ZERO_ADDRESS } from "../constants.js";
import { refuse } from "../refusal.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";

/** Mints shares to `receiver` and says so (`BalanceUtils.increaseBalance`). */
export function increaseBalance(
  step: Step,
  vault: Vault,
  receiver: string,
  sender: string,
  shares: bigint,
  assets: bigint,
): void {
  if (receiver === ZERO_ADDRESS) refuse("E_BadSharesReceiver");
  const id = step.state.accounts.intern(receiver);
  const held = toAmount(vault.shares.get(id) + shares);
  const total = toAmount(vault.totalShares + shares);
  vault.shares.set(id, held);
  vault.totalShares = total;
  step.mintLog(vault, receiver, shares);
  step.emit(vault.address, "Deposit", { sender, owner: receiver, assets, shares });
}

/** Burns shares of `owner` and says so (`BalanceUtils.decreaseBalance`). */
export function decreaseBalance(
  step: Step,
  vault: Vault,
  owner: string,
  sender: string,
  receiver: string,
  shares: bigint,
  assets: bigint,
): void {
  const id = step.state.accounts.intern(owner);
  if (vault.shares.get(id) < shares) refuse("E_InsufficientBalance");
  vault.shares.subtract(id, shares);
  vault.totalShares -= shares;
  step.burnLog(vault, owner, shares);
  step.emit(vault.address, "Withdraw", { sender, receiver, owner, assets, shares });
}

/** Moves shares between holders (`BalanceUtils.transferBalance`). */
export function transferBalance(step: Step, vault: Vault, from: string, to: string, shares: bigint): void {
  if (to === ZERO_ADDRESS) refuse("E_BadSharesReceiver");
  const source = step.state.accounts.intern(from);
  const target = step.state.accounts.intern(to);
  if (vault.shares.get(source) < shares) refuse("E_InsufficientBalance");
  if (source !== target) {
    toAmount(vault.shares.get(target) + shares);
    vault.shares.subtract(source, shares);
    vault.shares.add(target, shares);
  }
  step.emit(vault.address, "Transfer", { from, to, value: shares });
}

/** Takes tokens in (`AssetTransfers.pullAssets`). */
export function pullAssets(step: Step, vault: Vault, from: string, assets: bigint): void {
  const cash = toAmount(vault.cash + assets);
  step.pay(vault.asset, from, vault.address, assets, vault);
  vault.cash = cash;
}

/** Pays tokens out (`AssetTransfers.pushAssets`). The caller has checked the cash. */
export function pushAssets(step: Step, vault: Vault, to: string, assets: bigint): void {
  if (to === ZERO_ADDRESS) refuse("E_BadAssetReceiver");
  vault.cash -= assets;
  step.pay(vault.asset, vault.address, to, assets, vault);
}

/** Whether the vault writes losses off; with the flag they stay with their borrower. */
export const socialises = (vault: Vault): boolean => (vault.configFlags & FLAG_DONT_SOCIALISE) === 0n;
