import type { PoolView } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { presentValueBorrowDown } from "./amounts.js";
import type { CometMarket } from "./market.js";
import { baseControls } from "./outcome.js";

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
