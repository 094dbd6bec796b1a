import { checkedMulDivDown } from "@shortfall/math";
import { toAssetsUp, wMulDown } from "./arithmetic.js";
import { ORACLE_PRICE_SCALE } from "./constants.js";
import type { Market } from "./market.js";
import type { BlueState } from "./state.js";
import { requireThat } from "./step.js";

/** Collateral in loan wei, down, at an oracle price. */
export const collateralValue = (collateral: bigint, price: bigint): bigint =>
  checkedMulDivDown(collateral, price, ORACLE_PRICE_SCALE);

/** Whether the debt is within what the collateral may carry (Morpho._isHealthy). Debt up, limit down. */
export function isHealthyAt(
  market: Market,
  collateral: bigint,
  borrowShares: bigint,
  totalBorrowAssets: bigint,
  totalBorrowShares: bigint,
  price: bigint,
): boolean {
  const borrowed = toAssetsUp(borrowShares, totalBorrowAssets, totalBorrowShares);
  return wMulDown(collateralValue(collateral, price), market.parameters.lltv) >= borrowed;
}

/** A position after a borrow must be healthy; without debt no price is asked for. */
export function requireHealthy(
  state: BlueState,
  market: Market,
  id: number,
  borrowShares: bigint,
  totalBorrowAssets: bigint,
  totalBorrowShares: bigint,
  collateral = market.collateral.get(id),
): void {
  if (borrowShares === 0n) return;
  requireThat(
    isHealthyAt(
      market,
      collateral,
      borrowShares,
      totalBorrowAssets,
      totalBorrowShares,
      state.priceOf(market),
    ),
    "insufficient collateral",
  );
}
