import type { CpmmPool } from "../liquidation/capacity.js";

export interface ManipulationCost {
  /** Debt asset put in to move the price. */
  readonly capital: number;
  /** Collateral it buys. */
  readonly received: number;
  /** Loss if that is valued at the old price. */
  readonly markToOldPriceLoss: number;
}

/** Cost of moving the price of a constant-product pool up by `factor`. */
export function spotManipulationCost(pool: CpmmPool, factor: number): ManipulationCost {
  const { reserveCollateral: x, reserveDebt: y } = pool;
  const root = Math.sqrt(factor);
  const capital = (y * (root - 1)) / (1 - pool.fee);
  const received = x - x / root;
  return { capital, received, markToOldPriceLoss: capital - (received * y) / x };
}

export interface TwapDisplacement {
  readonly arithmetic: number;
  readonly geometric: number;
}

/** How far a time-weighted price moves when the spot price is held at `factor` for part of the window. */
export function twapDisplacement(factor: number, blocksHeld: number, window: number): TwapDisplacement {
  return {
    arithmetic: (blocksHeld * factor + window - blocksHeld) / window,
    geometric: factor ** (blocksHeld / window),
  };
}
