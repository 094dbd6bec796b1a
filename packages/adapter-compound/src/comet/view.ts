import type { LiabilityTable, PoolView } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { presentValueBorrowDown, presentValueSupplyDown } from "./amounts.js";
import type { CometMarket } from "./market.js";
import { baseControls } from "./outcome.js";
import { SUPPLIERS_CLASS } from "./waterfall.js";

/**
 * The market in the figures that all protocols share, at its stored indexes.
 *
 * A written-off debt is already gone from the loans, so nothing is carried; latent is the debt of accounts
 * that have no collateral left.
 */
export function viewPool(market: CometMarket, deficitRealised: bigint): PoolView {
  const { cash, loans, suppliers } = baseControls(market);
  const { state, configuration } = market;
  let latentPrincipal = 0n;
  for (const [id, owed] of state.debt.holders()) {
    if (state.assetBits(id) === 0) latentPrincipal += owed;
  }
  const deficitLatent = presentValueBorrowDown(state.baseBorrowIndex, latentPrincipal);
  return {
    pool: market.pool,
    asset: configuration.baseSymbol,
    decimals: configuration.decimals,
    cash,
    loans,
    suppliers,
    reserves: cash + loans - suppliers,
    treasury: 0n,
    deficitRealised,
    deficitCarried: 0n,
    deficitLatent,
    backingWad: suppliers === 0n ? WAD : ((cash + loans - deficitLatent) * WAD) / suppliers,
  };
}

/** What each supplier of the base token is owed at the stored index, down: the market keeps the dust. */
export function liabilitiesOf(market: CometMarket): LiabilityTable {
  const { state, configuration } = market;
  const rows = [...state.supply.holders()].map(([id, principal]) => ({
    account: state.accounts.keyOf(id),
    assets: presentValueSupplyDown(state.baseSupplyIndex, principal),
  }));
  return {
    pool: market.pool,
    class: SUPPLIERS_CLASS,
    asset: configuration.baseSymbol,
    rows: rows.filter(({ assets }) => assets > 0n),
  };
}
