import type { LiabilityTable, PoolView } from "@shortfall/core";
import { max, WAD } from "@shortfall/math";
import type { BlueState } from "../blue/state.js";
import { latentDeficit } from "../blue/view.js";
import { assetsDown } from "./share-price.js";
import { assetsInMarket, lostAssetsAfter, realAssets, totalAssets } from "./valuation.js";
import type { Vault } from "./vault.js";
import { DEPOSITORS_CLASS } from "./waterfall.js";

/** Latent deficits of the vault's markets by its part of each market, down. */
function latentShare(state: BlueState, vault: Vault): bigint {
  let sum = 0n;
  for (const id of vault.withdrawQueue) {
    const market = state.markets.get(id);
    if (!market || market.totalSupplyAssets === 0n) continue;
    const held = assetsInMarket(state, vault, id, market.lastUpdate);
    if (held > 0n) sum += (latentDeficit(state, market) * held) / market.totalSupplyAssets;
  }
  return sum;
}

/**
 * A vault as of `time`: what depositors are told (`suppliers`), of which `deficitCarried` is lost. Its backing
 * is what is really there against that; in version 1.1 the share price does not show it.
 */
export function viewVault(state: BlueState, vault: Vault, time: bigint, realised: bigint): PoolView {
  const token = state.token(vault.asset);
  const real = realAssets(state, vault, time);
  const carried = vault.version === "1.1" ? lostAssetsAfter(vault, real) : 0n;
  const suppliers = real + carried;
  const deficitLatent = latentShare(state, vault);
  return {
    pool: vault.address,
    asset: token.symbol,
    decimals: token.decimals,
    cash: 0n,
    loans: real,
    suppliers,
    reserves: 0n,
    treasury: 0n,
    deficitRealised: realised,
    deficitCarried: carried,
    deficitLatent,
    backingWad: suppliers === 0n ? WAD : (max(0n, real - deficitLatent) * WAD) / suppliers,
  };
}

/** What each depositor of a vault is told to be owed as of `time`, down: the vault keeps the dust. */
export function vaultLiabilities(state: BlueState, vault: Vault, time: bigint): LiabilityTable {
  const base = {
    totalAssets: totalAssets(state, vault, time),
    totalSupply: vault.totalSupply,
    virtualShares: vault.virtualShares,
  };
  const rows = [...vault.shares.holders()].map(([id, shares]) => ({
    account: state.accounts.keyOf(id),
    assets: assetsDown(shares, base),
  }));
  return {
    pool: vault.address,
    class: DEPOSITORS_CLASS,
    asset: state.token(vault.asset).symbol,
    rows: rows.filter(({ assets }) => assets > 0n),
  };
}
