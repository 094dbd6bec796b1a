import type { LiabilityTable, PoolView } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { claimAssets, debtAssets, positionOf } from "./books/position.js";
import { ATOKEN_CLASS } from "./books/posting.js";
import type { Market } from "./market.js";
import type { Reserve } from "./reserve.js";

/**
 * Figures of one reserve at its stored indexes, in base units.
 *
 * `reserves` is what all assets, the carried deficit among them, exceed all claims by: the pool's own drift. Flash loans that are out count as cash: they come back in the same transaction or never left.
 */
export function viewReserve(market: Market, reserve: Reserve, writtenOffAssets: bigint): PoolView {
  const at = positionOf(market, reserve);
  const latent = latentAssets(market, reserve);
  const cash = at.cash + reserve.inFlightAssets;
  return {
    pool: reserve.symbol,
    asset: reserve.symbol,
    decimals: Number(reserve.parameters.decimals),
    cash,
    loans: at.loans,
    suppliers: at.suppliers,
    reserves: cash + at.loans + at.deficit - at.suppliers - at.treasury,
    treasury: at.treasury,
    deficitRealised: writtenOffAssets,
    deficitCarried: at.deficit,
    deficitLatent: latent,
    backingWad: at.suppliers === 0n ? WAD : ((cash + at.loans - latent) * WAD) / at.suppliers,
  };
}

/** What each holder of a reserve's aTokens is owed at the stored index, rounded as the release does. */
export function liabilitiesOf(market: Market, reserve: Reserve): LiabilityTable {
  const rows = [...reserve.supplies.holders()].map(([account, scaled]) => ({
    account: market.address(account),
    assets: claimAssets(market.profile, scaled, reserve.liquidityIndexRay),
  }));
  return {
    pool: reserve.symbol,
    class: ATOKEN_CLASS,
    asset: reserve.symbol,
    rows: rows.filter(({ assets }) => assets > 0n),
  };
}

/**
 * Debt of accounts whose collateral flags are all off or stand for nothing: nobody can seize anything for it,
 * and it is not written off. The usual form of bad debt before 3.3.
 */
function latentAssets(market: Market, reserve: Reserve): bigint {
  let latent = 0n;
  for (const [account, scaled] of reserve.debts.holders()) {
    if (hasCollateral(market, account)) continue;
    latent += debtAssets(market.profile, scaled, reserve.borrowIndexRay);
  }
  return latent;
}

function hasCollateral(market: Market, account: number): boolean {
  return market.reserves.some(
    (reserve) => market.isCollateral(account, reserve) && reserve.supplies.get(account) !== 0n,
  );
}
