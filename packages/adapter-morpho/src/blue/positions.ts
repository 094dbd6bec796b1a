import type { BorrowerPosition } from "@shortfall/core";
import { toAssetsUp } from "./arithmetic.js";
import { ORACLE_PRICE_SCALE } from "./constants.js";
import type { Market } from "./market.js";
import type { BlueState } from "./state.js";

/** Everybody who owes in a market, with collateral at the last price told. Debt rounds up, values down. */
export function borrowerPositions(state: BlueState, market: Market): BorrowerPosition[] {
  const price = state.prices.get(market.parameters.oracle);
  const asset = state.token(market.parameters.collateralToken).symbol;
  return [...market.borrow.holders()].map(([id, shares]) => {
    const amount = market.collateral.get(id);
    const value = price === undefined ? undefined : (amount * price) / ORACLE_PRICE_SCALE;
    return {
      account: state.accounts.keyOf(id),
      debt: toAssetsUp(shares, market.totalBorrowAssets, market.totalBorrowShares),
      collateral: amount === 0n ? [] : [{ asset, amount, value }],
    };
  });
}
