import { projectTotals } from "../blue/accrual.js";
import { toAssetsDown } from "../blue/arithmetic.js";
import type { BlueState } from "../blue/state.js";
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

/** Write-offs so far in all markets of the withdraw queue. */
export const queuedLosses = (state: BlueState, vault: Vault): bigint =>
  vault.withdrawQueue.reduce((sum, market) => sum + (state.markets.get(market)?.writeOffs ?? 0n), 0n);
