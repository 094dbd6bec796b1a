import type { BorrowerPosition } from "@shortfall/core";
import { presentValueBorrowDown } from "./amounts.js";
import type { CometMarket } from "./market.js";

/** Everybody who owes base, with posted collateral at the last prices. Values round down. */
export function borrowerPositions({ state, configuration }: CometMarket): BorrowerPosition[] {
  const [basePrice, ...prices] = state.prices;
  return [...state.debt.holders()].map(([id, principal]) => ({
    account: state.accounts.keyOf(id),
    debt: presentValueBorrowDown(state.baseBorrowIndex, principal),
    collateral: configuration.assets.flatMap(({ symbol, scale }, index) => {
      const amount = state.collateral[index]!.get(id);
      const price = prices[index];
      if (amount === 0n) return [];
      const value =
        price === undefined || basePrice === undefined
          ? undefined
          : (amount * price * configuration.baseScale) / (scale * basePrice);
      return [{ asset: symbol, amount, value }];
    }),
  }));
}
