import { MAX_UINT256, min, zeroFloorSub } from "@shortfall/math";
import { accrueInterest } from "../blue/accrual.js";
import { addUint256, toAssetsDown, toAssetsUp } from "../blue/arithmetic.js";
import { refusalReason } from "../blue/errors.js";
import { supply, withdraw } from "../blue/lending.js";
import type { Market } from "../blue/market.js";
import { emit, type Run } from "../blue/step.js";
import { requireVault } from "./refusals.js";
import type { Vault } from "./vault.js";
import { openVaultStep, vaultControls } from "./vault-step.js";

function marketOf(run: Run, id: string): Market | undefined {
  const market = run.state.markets.get(id);
  return market && market.lastUpdate !== 0n ? market : undefined;
}

const vaultShares = (run: Run, vault: Vault, market: Market): bigint =>
  market.supply.get(run.state.accounts.intern(vault.address));

/** Runs what the vault tries on Morpho; a refusal undoes it and is passed over, as `try … catch` does. */
function attempt(run: Run, act: () => void): boolean {
  const mark = run.state.undo.mark();
  const steps = run.steps.length;
  const logs = run.order.length;
  try {
    act();
    return true;
  } catch (error) {
    if (refusalReason(error) === undefined) throw error;
    run.state.undo.rollback(mark);
    run.steps.length = steps;
    run.order.length = logs;
    return false;
  }
}

/**
 * Spreads a deposit over the supply queue up to each cap (MetaMorpho._supplyMorpho). What is there counts up,
 * so that what goes in rounds down. Each market looked at accrues.
 */
export function supplyQueue(run: Run, vault: Vault, assets: bigint): void {
  let left = assets;
  for (const id of vault.supplyQueue) {
    const cap = vault.capOf(id);
    const market = marketOf(run, id);
    if (cap === 0n || !market) continue;
    accrueInterest(run, market);
    const held = toAssetsUp(
      vaultShares(run, vault, market),
      market.totalSupplyAssets,
      market.totalSupplyShares,
    );
    const part = min(zeroFloorSub(cap, held), left);
    const parties = { caller: vault.address, onBehalf: vault.address };
    if (part > 0n && attempt(run, () => supply(run, { market, ...parties, assets: part, shares: 0n }))) {
      left -= part;
    }
    if (left === 0n) return;
  }
  requireVault(left === 0n, "allCapsReached");
}

/** Collects a withdrawal along the withdraw queue from what each market can pay (MetaMorpho._withdrawMorpho). */
export function withdrawQueue(run: Run, vault: Vault, assets: bigint): void {
  const { state } = run;
  let left = assets;
  for (const id of vault.withdrawQueue) {
    const market = marketOf(run, id);
    if (!market) continue;
    accrueInterest(run, market);
    const held = heldDown(run, vault, market);
    const balance = state.balance(state.deployment.morpho, market.parameters.loanToken);
    const liquid = min(market.totalSupplyAssets - market.totalBorrowAssets, balance);
    const part = min(min(held, liquid), left);
    const parties = { caller: vault.address, onBehalf: vault.address, receiver: vault.address };
    if (part > 0n && attempt(run, () => withdraw(run, { market, ...parties, assets: part, shares: 0n }))) {
      left -= part;
    }
    if (left === 0n) return;
  }
  requireVault(left === 0n, "notEnoughLiquidity");
}

const heldDown = (run: Run, vault: Vault, market: Market): bigint =>
  toAssetsDown(vaultShares(run, vault, market), market.totalSupplyAssets, market.totalSupplyShares);

/** One target of a reallocation: assets the vault shall have there; 2^256 − 1 is all that was withdrawn. */
export interface Allocation {
  readonly market: Market;
  readonly assets: bigint;
}

/** MetaMorpho.reallocate: moves what the vault holds between markets, nothing in and nothing out. */
export function reallocate(run: Run, vault: Vault, caller: string, allocations: readonly Allocation[]): void {
  if (run.checked) requireVault(caller === run.state.owner, "notAllocator");
  let supplied = 0n;
  let withdrawn = 0n;
  for (const { market, assets } of allocations) {
    accrueInterest(run, market);
    const enabled = vault.withdrawQueue.includes(market.id);
    if (vault.version === "1.1") requireVault(enabled, "marketNotEnabled");
    const held = heldDown(run, vault, market);
    const excess = zeroFloorSub(held, assets);
    const parties = { market, caller: vault.address, onBehalf: vault.address };
    if (excess > 0n) {
      requireVault(enabled, "marketNotEnabled");
      // Everything goes by shares, so that nothing is left behind.
      const all = assets === 0n;
      const moved = withdraw(run, {
        ...parties,
        receiver: vault.address,
        assets: all ? 0n : excess,
        shares: all ? vaultShares(run, vault, market) : 0n,
      });
      recordMove(run, vault, "ReallocateWithdraw", {
        caller,
        id: market.id,
        withdrawnAssets: moved.assets,
        withdrawnShares: moved.shares,
      });
      withdrawn += moved.assets;
      continue;
    }
    const part = assets === MAX_UINT256 ? zeroFloorSub(withdrawn, supplied) : zeroFloorSub(assets, held);
    if (part === 0n) continue;
    const cap = vault.capOf(market.id);
    requireVault(cap !== 0n, "unauthorizedMarket");
    requireVault(addUint256(held, part) <= cap, "supplyCapExceeded");
    const moved = supply(run, { ...parties, assets: part, shares: 0n });
    recordMove(run, vault, "ReallocateSupply", {
      caller,
      id: market.id,
      suppliedAssets: moved.assets,
      suppliedShares: moved.shares,
    });
    supplied += moved.assets;
  }
  requireVault(withdrawn === supplied, "inconsistentReallocation");
}

/** The vault's own log beside Morpho's. No variable of the vault changes. */
export function recordMove(
  run: Run,
  vault: Vault,
  name: "ReallocateWithdraw" | "ReallocateSupply",
  args: Readonly<Record<string, string | bigint>>,
): void {
  const step = openVaultStep(run, "vault-reallocate", vault);
  emit(step, vault.address, name, args);
  step.vaultAfter = vaultControls(vault);
}
