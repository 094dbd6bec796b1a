import { toAssetsDown } from "@shortfall/math";
import { VIRTUAL_DEPOSIT } from "./constants.js";
import type { Vault } from "./vault.js";

/** A vault's totals in assets, as its own conversion values them; what the books of account carry. */
export interface Figures {
  /** Tokens at the vault, counted or not. */
  readonly balance: bigint;
  readonly cash: bigint;
  readonly loans: bigint;
  /** Value of all shares but unconverted fees, rounded down. */
  readonly suppliers: bigint;
  /** Value of unconverted fees, rounded down. */
  readonly treasury: bigint;
}

export function figuresOf(vault: Vault): Figures {
  const totals = vault.shareTotals;
  return {
    balance: vault.balance,
    cash: vault.cash,
    loans: vault.loans,
    suppliers: toAssetsDown(vault.totalShares - vault.accumulatedFees, totals, VIRTUAL_DEPOSIT),
    treasury:
      vault.accumulatedFees === 0n ? 0n : toAssetsDown(vault.accumulatedFees, totals, VIRTUAL_DEPOSIT),
  };
}

/**
 * What is there beyond what holders can claim: the virtual deposit's share and what rounding kept. Negative by
 * at most the virtual deposit once losses have brought the share price below one.
 */
export const residualOf = (figures: Figures): bigint =>
  figures.cash + figures.loans - figures.suppliers - figures.treasury;
