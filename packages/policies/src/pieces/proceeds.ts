import { min } from "@shortfall/math";

/** Who gets the proceeds of a defaulted loan, in order: treasury, pool, borrower. */
export interface Proceeds {
  readonly toTreasury: bigint;
  readonly toPool: bigint;
  readonly toBorrower: bigint;
  readonly feesLeft: bigint;
  /** What the pool is still owed. */
  readonly lossLeft: bigint;
}

/** Fees first, then what the pool is owed, the rest to the borrower. No rounding. */
export function splitProceeds(recovered: bigint, fees: bigint, owed: bigint): Proceeds {
  const toTreasury = min(recovered, fees);
  const toPool = min(recovered - toTreasury, owed);
  return {
    toTreasury,
    toPool,
    toBorrower: recovered - toTreasury - toPool,
    feesLeft: fees - toTreasury,
    lossLeft: owed - toPool,
  };
}
