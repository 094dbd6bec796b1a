import { mulDivDown, RAY, WAD } from "@shortfall/math";
import type { PoolView } from "../ports/adapter.js";
import { owedAssets } from "./debt.js";
import type { Pool } from "./pool.js";
import { markedState } from "./supply.js";

/** Whether a pool's assets cover what it owes, base units. */
export interface Solvency {
  /** Cash, loans net of provisions, and charges still due. */
  readonly assets: bigint;
  /** Claims of suppliers, the treasury, and recoveries not yet paid out. */
  readonly claims: bigint;
  /** Reserves and rounding, before anything uncovered. */
  readonly equity: bigint;
  /** What no layer took. */
  readonly uncovered: bigint;
  /** Deficits kept as an asset until somebody covers them; not part of `assets`. */
  readonly carried: bigint;
  /** claims − assets where positive: what the last to leave would miss. */
  readonly shortfall: bigint;
  /** assets / claims as a wad, rounded down; 1e18 where nothing is owed. */
  readonly backingWad: bigint;
}

/** Σ claims of all share classes. */
export function supplierClaims(pool: Pool): bigint {
  let sum = 0n;
  for (const state of pool.totals.classes) sum += state.assets;
  return sum;
}

/**
 * Debt that no posted collateral stands behind and that nobody has written off or marked. 0 in a pool that
 * takes no collateral. O(borrowers).
 */
export function latentDeficit(pool: Pool): bigint {
  if (pool.collateral.length === 0) return 0n;
  let latent = 0n;
  for (const [id, shares] of pool.debt.holders()) {
    if (pool.collateral.some((book) => book.get(id) > 0n)) continue;
    const owed = owedAssets(pool.definition.debtRule, pool.totals.debt, shares);
    const marked = pool.provisions.get(id) ?? 0n;
    if (owed > marked) latent += owed - marked;
  }
  return latent;
}

/**
 * The pool in the form that every protocol shares. Provisions are taken off the loans.
 */
export function poolView(pool: Pool): PoolView {
  const { totals, definition } = pool;
  const loans = totals.debt.assets - totals.provision;
  const suppliers = supplierClaims(pool);
  const deficitLatent = latentDeficit(pool);
  const backing = totals.cash + loans - deficitLatent;
  return {
    pool: definition.id,
    asset: definition.asset,
    decimals: definition.decimals,
    cash: totals.cash,
    loans,
    suppliers,
    reserves: totals.reserves,
    treasury: totals.treasury,
    deficitRealised: pool.deficitRealised,
    deficitCarried: totals.carried,
    deficitLatent,
    backingWad: ratioWad(backing, suppliers),
  };
}

export function solvency(pool: Pool): Solvency {
  const { totals } = pool;
  const assets = totals.cash + totals.debt.assets - totals.provision + totals.charges;
  const claims = supplierClaims(pool) + totals.treasury + totals.payable;
  return {
    assets,
    claims,
    equity: totals.reserves + totals.rounding,
    uncovered: totals.uncovered,
    carried: totals.carried,
    shortfall: claims > assets ? claims - assets : 0n,
    backingWad: ratioWad(assets, claims),
  };
}

const ratioWad = (assets: bigint, claims: bigint): bigint => {
  if (claims === 0n) return WAD;
  return assets <= 0n ? 0n : mulDivDown(assets, WAD, claims);
};

/** What a share redeems for × 1e27, marks included, rounded down; the first share's price in an empty class. */
export function sharePriceRay(pool: Pool, index: number): bigint {
  const { shareRule } = pool.definition.classes[index]!;
  const state = markedState(pool.totals.classes[index]!, pool.totals.marked[index]!);
  return shareRule.assetsOf(state, RAY, "down");
}
