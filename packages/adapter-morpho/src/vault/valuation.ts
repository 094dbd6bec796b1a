import { projectTotals } from "../blue/accrual.js";
import { toAssetsDown } from "../blue/arithmetic.js";
import type { Market, MarketTotals } from "../blue/market.js";
import type { BlueState } from "../blue/state.js";
import type { LossFigures } from "../blue/step.js";
import type { Vault } from "./vault.js";

/** Assets of the vault in one market with interest to `time`, down (MorphoBalancesLib.expectedSupplyAssets). */
export function assetsInMarket(state: BlueState, vault: Vault, market: string, time: bigint): bigint {
  const found = state.markets.get(market);
  const holder = state.accounts.find(vault.address);
  if (!found || holder === undefined) return 0n;
  const shares = found.supply.get(holder);
  if (shares === 0n) return 0n;
  const totals = projectTotals(found, time);
  return toAssetsDown(shares, totals.totalSupplyAssets, totals.totalSupplyShares);
}

/**
 * What the vault really has: its claims on the queued markets, each rounded down by itself. Markets outside
 * the withdraw queue count nothing, and neither do tokens that lie in the vault.
 */
export function realAssets(state: BlueState, vault: Vault, time: bigint): bigint {
  let sum = 0n;
  for (const market of vault.withdrawQueue) sum += assetsInMarket(state, vault, market, time);
  return sum;
}

/** Lost assets after taking in what is missing from `lastTotalAssets` (version 1.1); never less than before. */
export function lostAssetsAfter(vault: Vault, real: bigint): bigint {
  return real < vault.lastTotalAssets - vault.lostAssets ? vault.lastTotalAssets - real : vault.lostAssets;
}

/** `totalAssets()`: in version 1.0 what there is, in 1.1 also what was lost. */
export function totalAssets(state: BlueState, vault: Vault, time: bigint): bigint {
  const real = realAssets(state, vault, time);
  return vault.version === "1.0" ? real : real + lostAssetsAfter(vault, real);
}

/** The vault's part of one write-off of a market: its claim before less its claim after, both down. */
function partOf(market: Market, holder: number, loss: LossFigures): bigint {
  const shares = market.supply.at(loss.epoch, holder);
  if (shares === 0n) return 0n;
  const claim = (totals: MarketTotals) =>
    toAssetsDown(shares, totals.totalSupplyAssets, totals.totalSupplyShares);
  return claim(loss.before) - claim(loss.after);
}

/**
 * The vault's part of the write-offs that its markets had since it last counted its assets, and from now on
 * they are counted.
 */
export function countLosses(state: BlueState, vault: Vault): bigint {
  const holder = state.accounts.find(vault.address);
  let sum = 0n;
  for (const id of vault.withdrawQueue) {
    const market = state.markets.get(id);
    if (!market || holder === undefined) continue;
    const count = Number(market.writeOffs);
    const seen = vault.seenLosses(id);
    if (seen === count) continue;
    for (const loss of market.losses.slice(seen, count)) sum += partOf(market, holder, loss);
    vault.setSeenLosses(id, market.writeOffs);
  }
  return sum;
}
