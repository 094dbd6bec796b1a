import { WAD, zeroFloorSub } from "@shortfall/math";
import { ZERO_ADDRESS } from "../blue/constants.js";
import { emit, moveTokens, type Run } from "../blue/step.js";
import { supplyQueue, withdrawQueue } from "./allocation.js";
import { accrueVault, burnShares, mintShares, setLastTotalAssets } from "./interest.js";
import { requireVault } from "./refusals.js";
import { assetsDown, assetsUp, type PriceBase, sharesDown, sharesUp } from "./share-price.js";
import { assetsInMarket } from "./valuation.js";
import type { Vault } from "./vault.js";
import { openVaultStep, vaultControls } from "./vault-step.js";

const MAX_VAULT_FEE = WAD / 2n;

/** Either side is given; the other follows from the share price. */
export type VaultAmount = { readonly assets: bigint } | { readonly shares: bigint };

const priceBase = (vault: Vault, totalAssets: bigint): PriceBase => ({
  totalAssets,
  totalSupply: vault.totalSupply,
  virtualShares: vault.virtualShares,
});

/** deposit (assets given, shares down) and mint (shares given, assets up). */
export function enterVault(
  run: Run,
  vault: Vault,
  input: { readonly caller: string; readonly receiver: string; readonly amount: VaultAmount },
): void {
  const { caller, receiver, amount } = input;
  const total = accrueVault(run, vault);
  // Version 1.0 stores the total before it supplies, without a log of its own.
  vault.lastTotalAssets = total;
  const base = priceBase(vault, total);
  const assets = "assets" in amount ? amount.assets : assetsUp(amount.shares, base);
  const shares = "assets" in amount ? sharesDown(amount.assets, base) : amount.shares;
  const step = openVaultStep(run, "vault-deposit", vault, receiver);
  moveTokens(run, step, vault.asset, caller, vault.address, assets);
  mintShares(run, step, receiver, shares);
  step.cash = assets;
  emit(step, vault.address, "Deposit", { sender: caller, owner: receiver, assets, shares });
  supplyQueue(run, vault, assets);
  setLastTotalAssets(step, vault.lastTotalAssets + assets);
  step.vaultAfter = vaultControls(vault);
}

/** withdraw (assets given, shares up) and redeem (shares given, assets down). */
export function leaveVault(
  run: Run,
  vault: Vault,
  input: {
    readonly caller: string;
    readonly receiver: string;
    readonly owner: string;
    readonly amount: VaultAmount;
  },
): void {
  const { caller, receiver, owner, amount } = input;
  const total = accrueVault(run, vault);
  const base = priceBase(vault, total);
  const assets = "assets" in amount ? amount.assets : assetsDown(amount.shares, base);
  const shares = "assets" in amount ? sharesUp(amount.assets, base) : amount.shares;
  const step = openVaultStep(run, "vault-withdraw", vault, owner);
  // What was counted before, less what leaves: a few wei off what remains, by the markets' rounding.
  setLastTotalAssets(step, zeroFloorSub(total, assets));
  withdrawQueue(run, vault, assets);
  burnShares(run, step, owner, shares);
  moveTokens(run, step, vault.asset, vault.address, receiver, assets);
  step.cash = -assets;
  emit(step, vault.address, "Withdraw", { sender: caller, receiver, owner, assets, shares });
  step.vaultAfter = vaultControls(vault);
}

/** setFee: what was gained until now pays the old fee. */
export function setVaultFee(run: Run, vault: Vault, caller: string, fee: bigint): void {
  if (run.checked) requireVault(caller === run.state.owner, "notOwner");
  requireVault(fee !== vault.fee, "alreadySet");
  requireVault(fee <= MAX_VAULT_FEE, "maxFeeExceeded");
  const hasRecipient = run.state.accounts.keyOf(vault.feeRecipientId) !== ZERO_ADDRESS;
  requireVault(fee === 0n || hasRecipient, "zeroFeeRecipient");
  const step = accrueThenSet(run, vault, "vault-set-fee");
  vault.fee = fee;
  emit(step, vault.address, "SetFee", { caller, newFee: fee });
}

/** setFeeRecipient: what was gained until now pays the old recipient. */
export function setVaultFeeRecipient(run: Run, vault: Vault, recipient: string, caller?: string): void {
  if (run.checked) requireVault(caller === run.state.owner, "notOwner");
  const id = run.state.accounts.intern(recipient);
  requireVault(id !== vault.feeRecipientId, "alreadySet");
  requireVault(recipient !== ZERO_ADDRESS || vault.fee === 0n, "zeroFeeRecipient");
  const step = accrueThenSet(run, vault, "vault-set-fee-recipient");
  vault.feeRecipientId = id;
  emit(step, vault.address, "SetFeeRecipient", { newFeeRecipient: recipient });
}

function accrueThenSet(run: Run, vault: Vault, kind: string) {
  const total = accrueVault(run, vault);
  const step = openVaultStep(run, kind, vault);
  if (vault.version === "1.0") setLastTotalAssets(step, total);
  step.vaultAfter = vaultControls(vault);
  return step;
}

/** A move of vault shares between holders. Nothing accrues. */
export function transferShares(
  run: Run,
  vault: Vault,
  input: { readonly from: string; readonly to: string; readonly shares: bigint },
): void {
  const { from, to, shares } = input;
  requireVault(to !== ZERO_ADDRESS, "invalidReceiver");
  const sender = run.state.accounts.intern(from);
  requireVault(vault.shares.get(sender) >= shares, "insufficientBalance");
  const step = openVaultStep(run, "vault-transfer", vault, from);
  vault.shares.subtract(sender, shares);
  vault.shares.add(run.state.accounts.intern(to), shares);
  emit(step, vault.address, "Transfer", { from, to, value: shares });
  step.vaultAfter = vaultControls(vault);
}

export function setSupplyQueue(run: Run, vault: Vault, caller: string, ids: readonly string[]): void {
  const step = openVaultStep(run, "vault-set-supply-queue", vault);
  vault.supplyQueue = ids;
  emit(step, vault.address, "SetSupplyQueue", { caller, newSupplyQueue: ids });
  step.vaultAfter = vaultControls(vault);
}

/**
 * updateWithdrawQueue: a market left out counts as nothing from now on. If the vault has shares there, that
 * is a write-off without any bad debt, which its next count of assets shows.
 */
export function setWithdrawQueue(run: Run, vault: Vault, caller: string, ids: readonly string[]): void {
  const holder = run.state.accounts.intern(vault.address);
  const kept = new Set(ids);
  const dropped = vault.withdrawQueue.some(
    (id) => !kept.has(id) && (run.state.markets.get(id)?.supply.get(holder) ?? 0n) > 0n,
  );
  const step = openVaultStep(run, dropped ? "vault-drop-market" : "vault-set-withdraw-queue", vault);
  vault.withdrawQueue = ids;
  if (dropped) vault.hasDropped = true;
  emit(step, vault.address, "SetWithdrawQueue", { caller, newWithdrawQueue: ids });
  step.vaultAfter = vaultControls(vault);
}

/** A cap is set on a market that is enabled already. */
export function setCap(run: Run, vault: Vault, caller: string, market: string, cap: bigint): void {
  const step = openVaultStep(run, "vault-set-cap", vault);
  vault.setCap(market, cap);
  emit(step, vault.address, "SetCap", { caller, id: market, cap });
  step.vaultAfter = vaultControls(vault);
}

/** A first cap enables a market: what the vault already has there joins its assets without a fee. */
export function enableMarket(run: Run, vault: Vault, caller: string, market: string, cap: bigint): void {
  const step = openVaultStep(run, "vault-enable-market", vault);
  const joining = assetsInMarket(run.state, vault, market, run.time);
  setLastTotalAssets(step, vault.lastTotalAssets + joining);
  vault.withdrawQueue = [...vault.withdrawQueue, market];
  // What the market wrote off before it joined was never in the vault's assets.
  vault.setSeenLosses(market, run.state.markets.get(market)?.writeOffs ?? 0n);
  emit(step, vault.address, "SetWithdrawQueue", { caller, newWithdrawQueue: vault.withdrawQueue });
  vault.setCap(market, cap);
  emit(step, vault.address, "SetCap", { caller, id: market, cap });
  step.vaultAfter = vaultControls(vault);
}

/** Tokens sent to the vault itself. They are none of its assets. */
export function leaveIdle(run: Run, vault: Vault, token: string, from: string, amount: bigint): void {
  const step = openVaultStep(run, "vault-idle", vault, from);
  moveTokens(run, step, token, from, vault.address, amount);
  step.idle = { token, amount, total: run.state.balance(vault.address, token) };
  step.vaultAfter = vaultControls(vault);
}

/** skim: all of a token that lies in the vault goes to the skim recipient. */
export function skim(run: Run, vault: Vault, caller: string, token: string, recipient: string): void {
  const step = openVaultStep(run, "vault-skim", vault, caller);
  const amount = run.state.balance(vault.address, token);
  vault.skimRecipientId = run.state.accounts.intern(recipient);
  moveTokens(run, step, token, vault.address, recipient, amount);
  step.idle = { token, amount: -amount, total: run.state.balance(vault.address, token) };
  emit(step, vault.address, "Skim", { caller, token, amount });
  step.vaultAfter = vaultControls(vault);
}

/** Roles, timelocks and pending changes: nothing that accounts depend on. */
export function noteConfiguration(
  run: Run,
  vault: Vault,
  name: string,
  args: Readonly<Record<string, unknown>>,
): void {
  const step = openVaultStep(run, "vault-configure", vault);
  emit(step, vault.address, name, args);
  if (name === "SetSkimRecipient") {
    vault.skimRecipientId = run.state.accounts.intern(String(args.newSkimRecipient));
  }
  step.vaultAfter = vaultControls(vault);
}
