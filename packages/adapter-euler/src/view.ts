import type { PoolView } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { figuresOf, residualOf } from "./figures.js";
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
