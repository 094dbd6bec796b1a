import { WAD, zeroFloorSub } from "@shortfall/math";
import { addUint256 } from "../blue/arithmetic.js";
import { ZERO_ADDRESS } from "../blue/constants.js";
import { emit, type Run } from "../blue/step.js";
import { requireVault } from "./refusals.js";
import { sharesDown } from "./share-price.js";
import { countLosses, lostAssetsAfter, realAssets } from "./valuation.js";
import type { Vault } from "./vault.js";
import { openVaultStep, type VaultStep, vaultControls } from "./vault-step.js";

/** Creates vault shares. @throws {MorphoRefusal} to the zero address. */
export function mintShares(run: Run, step: VaultStep, to: string, shares: bigint): void {
  const { vault } = step;
  requireVault(to !== ZERO_ADDRESS, "invalidReceiver");
  vault.totalSupply = addUint256(vault.totalSupply, shares);
  vault.shares.add(run.state.accounts.intern(to), shares);
  emit(step, vault.address, "Transfer", { from: ZERO_ADDRESS, to, value: shares });
}

/** Destroys vault shares. @throws {MorphoRefusal} the holder has fewer. */
export function burnShares(run: Run, step: VaultStep, from: string, shares: bigint): void {
  const { vault } = step;
  const holder = run.state.accounts.intern(from);
  requireVault(vault.shares.get(holder) >= shares, "insufficientBalance");
  vault.shares.subtract(holder, shares);
  vault.totalSupply -= shares;
  emit(step, vault.address, "Transfer", { from, to: ZERO_ADDRESS, value: shares });
}

/** Stores what gains are measured from. */
export function setLastTotalAssets(step: VaultStep, value: bigint): void {
  step.vault.lastTotalAssets = value;
  emit(step, step.vault.address, "UpdateLastTotalAssets", { updatedTotalAssets: value });
}

/**
 * Counts what the vault has and mints the fee on what was gained since (MetaMorpho._accrueFee in 1.0,
 * _accrueInterest in 1.1). Returns the total the share price is made from.
 *
 * 1.0: a loss lowers the total. 1.1: what is missing is added to the lost assets, and the total stands. Only
 * 1.1 stores the total here; 1.0 leaves that to the operation, so that the caller decides.
 */
export function accrueVault(run: Run, vault: Vault): bigint {
  const { state, time } = run;
  const before = vaultControls(vault);
  const real = realAssets(state, vault, time);
  const keepsPrice = vault.version === "1.1";
  const lostAssets = keepsPrice ? lostAssetsAfter(vault, real) : 0n;
  const total = addUint256(real, lostAssets);
  const gain = zeroFloorSub(total, before.depositors);
  const loss = keepsPrice ? lostAssets - vault.lostAssets : zeroFloorSub(before.depositors, total);
  const { totalSupply } = vault;
  const feeAssets = (gain * vault.fee) / WAD;
  const feeShares =
    gain === 0n || vault.fee === 0n
      ? 0n
      : sharesDown(feeAssets, {
          totalAssets: total - feeAssets,
          totalSupply,
          virtualShares: vault.virtualShares,
        });
  const step = openVaultStep(run, "vault-accrue", vault);
  // Without a write-off behind it a loss is the dust of markets that round down.
  const hasCause = countLosses(state, vault) > 0n || vault.hasDropped;
  const epoch = loss > 0n && hasCause ? vault.shares.checkpoint() : undefined;
  vault.hasDropped = false;
  if (keepsPrice) {
    setLastTotalAssets(step, total);
    vault.lostAssets = lostAssets;
    emit(step, vault.address, "UpdateLostAssets", { newLostAssets: lostAssets });
  }
  if (feeShares !== 0n) {
    const recipient = state.accounts.keyOf(vault.feeRecipientId);
    step.account = recipient;
    mintShares(run, step, recipient, feeShares);
  }
  emit(step, vault.address, "AccrueInterest", { newTotalAssets: total, feeShares });
  step.accrual = { gain, feeShares, loss, before, totalSupply, ...(epoch === undefined ? {} : { epoch }) };
  step.vaultAfter = vaultControls(vault, total);
  return total;
}
