import type { LiabilityTable, PoolView } from "@shortfall/core";
import { toAssetsDown, WAD } from "@shortfall/math";
import { VIRTUAL_DEPOSIT } from "./constants.js";
import { figuresOf, residualOf } from "./figures.js";
import { SHARE_CLASS } from "./posting.js";
import { UnknownValueError } from "./refusal.js";
import type { EulerState } from "./state.js";
import { hasNoCollateral } from "./valuation.js";
import type { Vault } from "./vault.js";

/** A vault's books as of its last update. `reserves` is what the virtual deposit and rounding hold. */
export function viewOf(state: EulerState, vault: Vault, realised: bigint): PoolView {
  const figures = figuresOf(vault);
  const latent = latentDeficit(state, vault);
  const backed = figures.cash + figures.loans - latent;
  return {
    pool: vault.address,
    asset: vault.symbol,
    decimals: vault.decimals,
    cash: figures.cash,
    loans: figures.loans,
    suppliers: figures.suppliers,
    reserves: residualOf(figures),
    treasury: figures.treasury,
    deficitRealised: realised,
    deficitCarried: 0n,
    deficitLatent: latent,
    backingWad: figures.suppliers === 0n ? WAD : backed <= 0n ? 0n : (backed * WAD) / figures.suppliers,
  };
}

/**
 * Debt of accounts that hold no recognised collateral, in whole assets rounded up. It is there where the vault's
 * flag forbids writing off, where the debt was worth too little, or until somebody liquidates.
 */
export function latentDeficit(state: EulerState, vault: Vault): bigint {
  let latent = 0n;
  for (const [account] of vault.owed.holders()) {
    if (isStranded(state, vault, state.accounts.keyOf(account))) latent += vault.debtAssets(account);
  }
  return latent;
}

/** An account of which the connector was never heard is not judged. */
function isStranded(state: EulerState, vault: Vault, account: string): boolean {
  if (
    state.connector.collaterals(account).length === 0 &&
    state.connector.controllers(account).length === 0
  ) {
    return false;
  }
  try {
    return hasNoCollateral(state, vault, account);
  } catch (error) {
    if (error instanceof UnknownValueError) return false;
    throw error;
  }
}

/** What each holder of a vault's shares is owed as of its last update, down: the vault keeps the dust. */
export function liabilitiesOf(state: EulerState, vault: Vault): LiabilityTable {
  const rows = [...vault.shares.holders()].map(([account, shares]) => ({
    account: state.accounts.keyOf(account),
    assets: toAssetsDown(shares, vault.shareTotals, VIRTUAL_DEPOSIT),
  }));
  return {
    pool: vault.address,
    class: SHARE_CLASS,
    asset: vault.symbol,
    rows: rows.filter(({ assets }) => assets > 0n),
  };
}
