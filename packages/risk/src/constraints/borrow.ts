import { BPS, max } from "@shortfall/math";

/** All amounts in one unit of value; a limit that is absent does not bind. */
export interface BorrowLimits {
  readonly collateral: readonly { readonly value: bigint; readonly ltvBps: bigint }[];
  readonly debt: bigint;
  readonly cap?: bigint;
  readonly totalBorrow?: bigint;
  readonly isolationCeiling?: bigint;
  readonly isolationDebt?: bigint;
  readonly cash?: bigint;
}

export type BindingLimit = "collateral" | "borrow-cap" | "isolation-ceiling" | "cash";

export interface MaxBorrow {
  readonly maxBorrow: bigint;
  /** The limit that decides; ties go to the first in the order of {@link BindingLimit}. */
  readonly binding: BindingLimit;
}

/** Most that an account can borrow now, and which limit says so. Rounds down, never negative. */
export function maxBorrow(limits: BorrowLimits): MaxBorrow {
  const power = limits.collateral.reduce((sum, { value, ltvBps }) => sum + value * ltvBps, 0n) / BPS;
  const rooms: [BindingLimit, bigint][] = [["collateral", power - limits.debt]];
  if (limits.cap !== undefined) rooms.push(["borrow-cap", limits.cap - (limits.totalBorrow ?? 0n)]);
  if (limits.isolationCeiling !== undefined) {
    rooms.push(["isolation-ceiling", limits.isolationCeiling - (limits.isolationDebt ?? 0n)]);
  }
  if (limits.cash !== undefined) rooms.push(["cash", limits.cash]);
  const [binding, room] = rooms.reduce((best, each) => (each[1] < best[1] ? each : best));
  return { maxBorrow: max(0n, room), binding };
}

export interface Efficiency {
  readonly leverageAfterN: number;
  readonly leverageLimit: number;
  readonly supplyRate: number;
  readonly reserveIncomeRate: number;
}

/** Leverage by looping, and how interest splits. */
export function efficiency(
  ltv: number,
  loops: number,
  utilisation: number,
  borrowRate: number,
  reserveFactor: number,
): Efficiency {
  let leverage = 0;
  for (let k = 0; k <= loops; k++) leverage += ltv ** k;
  return {
    leverageAfterN: leverage,
    leverageLimit: 1 / (1 - ltv),
    supplyRate: utilisation * borrowRate * (1 - reserveFactor),
    reserveIncomeRate: utilisation * borrowRate * reserveFactor,
  };
}
