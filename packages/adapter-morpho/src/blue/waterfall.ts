import {
  openWaterfall,
  openWaterfallState,
  type PoolFacts,
  type Position,
  runWaterfall,
  type WaterfallDefinition,
  type WaterfallOutcome,
} from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import { VIRTUAL_ASSETS, VIRTUAL_SHARES } from "./constants.js";
import { WaterfallDisagreesError } from "./errors.js";
import type { Market } from "./market.js";
import type { BlueState } from "./state.js";
import type { LossFigures } from "./step.js";

/** The one share class of a market. */
export const SUPPLIERS_CLASS = "suppliers";

/**
 * Morpho Blue's own waterfall: no reserve and no fund stands before the lenders of the market, who lose pro
 * rata to their shares at once. Nothing ever comes back to them as such.
 */
export const BLUE_WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "morpho-blue",
  version: "1",
  title: "Morpho Blue: all lenders of the market lose pro rata, at once",
  layers: [{ id: SUPPLIERS_CLASS, policy: "pro-rata", parameters: { class: SUPPLIERS_CLASS } }],
  recovery: { order: "same-order" },
};

const opened = openWaterfall(BLUE_WATERFALL, catalogueRegistry);

/** The market as the waterfall sees it between the repayment and the write-off. */
export function factsBefore(state: BlueState, market: Market, loss: LossFigures): PoolFacts {
  const { before, epoch } = loss;
  return {
    pool: market.id,
    asset: state.token(market.parameters.loanToken).symbol,
    cash: before.totalSupplyAssets - before.totalBorrowAssets,
    loans: before.totalBorrowAssets,
    reserves: 0n,
    funds: new Map(),
    classes: [
      {
        id: SUPPLIERS_CLASS,
        assets: before.totalSupplyAssets,
        shares: before.totalSupplyShares,
        virtual: { assets: VIRTUAL_ASSETS, shares: VIRTUAL_SHARES },
        sharesOf: (account) => {
          const id = state.accounts.find(account);
          return id === undefined ? 0n : market.supply.at(epoch, id);
        },
      },
    ],
  };
}

/** Runs a loss down the native waterfall and requires the contract's result. @throws {WaterfallDisagreesError} */
export function runNativeWaterfall(
  state: BlueState,
  market: Market,
  deficit: string,
  loss: LossFigures,
  position: Position,
): WaterfallOutcome {
  const outcome = runWaterfall(
    opened,
    openWaterfallState(opened),
    factsBefore(state, market, loss),
    { deficit, amount: loss.badDebtAssets, borrower: loss.account, position },
    { trust: "fast" },
  );
  const left = outcome.facts.classes[0]?.assets ?? 0n;
  if (left !== loss.after.totalSupplyAssets || outcome.uncovered !== 0n) {
    throw new WaterfallDisagreesError(deficit, left, loss.after.totalSupplyAssets);
  }
  return outcome;
}
