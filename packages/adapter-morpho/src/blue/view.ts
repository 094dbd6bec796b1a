import type { LiabilityTable, PoolView } from "@shortfall/core";
import { max, WAD } from "@shortfall/math";
import { toAssetsDown, toAssetsUp } from "./arithmetic.js";
import { ORACLE_PRICE_SCALE } from "./constants.js";
import type { Market } from "./market.js";
import type { BlueState } from "./state.js";
import { SUPPLIERS_CLASS } from "./waterfall.js";

/** Collateral worth less than this part of its debt is a residue: nobody gains by seizing it. */
const RESIDUE = 1_000_000n;

/**
 * Debt that is as good as lost but stands at face value: of positions without collateral, or with a residue
 * that keeps the write-off from happening, such as one wei. Less what the residue is worth, at the last known
 * price; where no price is known only positions without any collateral count. O(borrowers).
 */
export function latentDeficit(state: BlueState, market: Market): bigint {
  const price = state.prices.get(market.parameters.oracle);
  let latent = 0n;
  for (const [id, shares] of market.borrow.holders()) {
    const debt = toAssetsUp(shares, market.totalBorrowAssets, market.totalBorrowShares);
    const collateral = market.collateral.get(id);
    if (collateral === 0n) latent += debt;
    else if (price !== undefined) {
      // Not the contract's product, which reverts beyond a word: a view must exist at any price.
      const value = (collateral * price) / ORACLE_PRICE_SCALE;
      if (value * RESIDUE < debt) latent += debt - value;
    }
  }
  // Rounding up per account may exceed the total by a wei each.
  return latent < market.totalBorrowAssets ? latent : market.totalBorrowAssets;
}

/** A market in the figures every protocol shares, as it is stored: interest as of its last update. */
export function viewMarket(state: BlueState, market: Market, realised: bigint): PoolView {
  const token = state.token(market.parameters.loanToken);
  const cash = market.totalSupplyAssets - market.totalBorrowAssets + market.surplus;
  const suppliers = market.totalSupplyAssets;
  const deficitLatent = latentDeficit(state, market);
  return {
    pool: market.id,
    asset: token.symbol,
    decimals: token.decimals,
    cash,
    loans: market.totalBorrowAssets,
    suppliers,
    reserves: market.surplus,
    treasury: 0n,
    deficitRealised: realised,
    deficitCarried: 0n,
    deficitLatent,
    backingWad:
      suppliers === 0n ? WAD : (max(0n, cash + market.totalBorrowAssets - deficitLatent) * WAD) / suppliers,
  };
}

/** What each supplier of a market is owed as it is stored, down: the market keeps the dust. */
export function liabilitiesOf(state: BlueState, market: Market): LiabilityTable {
  const rows = [...market.supply.holders()].map(([id, shares]) => ({
    account: state.accounts.keyOf(id),
    assets: toAssetsDown(shares, market.totalSupplyAssets, market.totalSupplyShares),
  }));
  return {
    pool: market.id,
    class: SUPPLIERS_CLASS,
    asset: state.token(market.parameters.loanToken).symbol,
    rows: rows.filter(({ assets }) => assets > 0n),
  };
}
