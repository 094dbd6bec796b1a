import { max, WAD } from "@shortfall/math";

/** Present value per principal is index/1e15 (Comet). */
const INDEX_SCALE = 10n ** 15n;

/** A pool whose reserves are what it holds and is owed beyond what it owes. */
export interface PrincipalPool {
  readonly balance: bigint;
  readonly supplyPrincipal: bigint;
  readonly borrowPrincipal: bigint;
  readonly supplyIndex: bigint;
  readonly borrowIndex: bigint;
}

/** floor(principal·index/1e15). */
export const presentValueDown = (principal: bigint, index: bigint): bigint =>
  (principal * index) / INDEX_SCALE;

/** Signed: balance − owed to suppliers + owed by borrowers, each rounded down (Comet `getReserves`). */
export const implicitReserves = (pool: PrincipalPool): bigint =>
  pool.balance -
  presentValueDown(pool.supplyPrincipal, pool.supplyIndex) +
  presentValueDown(pool.borrowPrincipal, pool.borrowIndex);

/** Collateral of an absorbed account. */
export interface AbsorbedCollateral {
  readonly amount: bigint;
  readonly price: bigint;
  readonly scale: bigint;
  /** Share of its worth that is credited, 1e18 scaled. */
  readonly liquidationFactor: bigint;
}

export interface Absorbed {
  readonly oldBalance: bigint;
  readonly credited: bigint;
  readonly newBalance: bigint;
  readonly supplyPrincipalAdded: bigint;
  readonly paidOut: bigint;
  readonly pool: PrincipalPool;
}

/**
 * Clears a borrower's debt against the credited worth of its collateral; what is missing comes out of the
 * reserves, a surplus becomes its supply (Comet `absorbInternal`). Every division rounds down.
 */
export function absorbBorrower(
  pool: PrincipalPool,
  principal: bigint,
  collateral: readonly AbsorbedCollateral[],
  base: { readonly scale: bigint; readonly price: bigint },
): Absorbed {
  const oldBalance = -presentValueDown(principal, pool.borrowIndex);
  let value = 0n;
  for (const asset of collateral)
    value += (((asset.amount * asset.price) / asset.scale) * asset.liquidationFactor) / WAD;
  const credited = (value * base.scale) / base.price;
  const newBalance = max(0n, oldBalance + credited);
  const supplyPrincipalAdded = (newBalance * INDEX_SCALE) / pool.supplyIndex;
  return {
    oldBalance,
    credited,
    newBalance,
    supplyPrincipalAdded,
    paidOut: newBalance - oldBalance,
    pool: {
      ...pool,
      borrowPrincipal: pool.borrowPrincipal - principal,
      supplyPrincipal: pool.supplyPrincipal + supplyPrincipalAdded,
    },
  };
}
