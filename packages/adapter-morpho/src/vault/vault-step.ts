import { openStep, type Run, type Step } from "../blue/step.js";
import type { Vault } from "./vault.js";

/** Totals of a vault that its control accounts must hold. */
export interface VaultControls {
  /** Claims on Morpho's markets: last total assets less lost assets. */
  readonly claims: bigint;
  /** Lost assets. */
  readonly deficit: bigint;
  /** Last total assets: what depositors are told they have. */
  readonly depositors: bigint;
}

/** What a vault took in when it counted its assets. */
export interface VaultAccrual {
  readonly gain: bigint;
  readonly feeShares: bigint;
  /** Version 1.0: assets that went from the share price. Version 1.1: growth of lost assets. */
  readonly loss: bigint;
  readonly before: VaultControls;
  readonly totalSupply: bigint;
  /** Opened in the share book, where a market's write-off stands behind the loss. */
  readonly epoch?: number;
}

/** A step of a vault. Its `pool` is the vault's address. */
export interface VaultStep extends Step {
  readonly vault: Vault;
  accrual?: VaultAccrual;
  vaultAfter?: VaultControls;
  /** Tokens that came to lie in the vault, or were skimmed off, and what lies there now. */
  idle?: { readonly token: string; readonly amount: bigint; readonly total: bigint };
}

export const isVaultStep = (step: Step): step is VaultStep => "vault" in step;

export function openVaultStep(run: Run, kind: string, vault: Vault, account?: string): VaultStep {
  const opened = openStep(run, kind, vault.address, undefined, account);
  return Object.assign(opened, { vault });
}

export const vaultControls = (vault: Vault, totalAssets = vault.lastTotalAssets): VaultControls => ({
  claims: totalAssets - vault.lostAssets,
  deficit: vault.lostAssets,
  depositors: totalAssets,
});
