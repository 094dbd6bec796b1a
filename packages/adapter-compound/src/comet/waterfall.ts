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
import { WaterfallDisagreesError } from "./errors.js";
import type { CometMarket } from "./market.js";
import type { AbsorbFigures } from "./outcome.js";

/** Layer that takes every Comet loss: the residual between assets and claims. */
const RESERVES_LAYER = "reserves";
/** The one share class: base suppliers. */
export const SUPPLIERS_CLASS = "base";

/**
 * Comet's own waterfall. Reserves are a residual that nothing stops at zero, so they take all of a loss;
 * below zero the suppliers carry it without a write-down, the last to leave most. What collateral sales,
 * donations and interest bring afterwards goes back to the same residual.
 */
export const COMET_WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "compound-v3",
  version: "1",
  title: "Comet: implicit reserves, then recovery by collateral sale",
  layers: [{ id: RESERVES_LAYER, policy: "reserve", parameters: { mayGoNegative: true } }],
  recovery: { order: "same-order" },
};

/** The pool as the waterfall sees it just before a loss. */
export function factsBefore(market: CometMarket, figures: AbsorbFigures): PoolFacts {
  const { before } = figures;
  return {
    pool: market.pool,
    asset: market.configuration.baseSymbol,
    cash: before.cash,
    loans: before.loans,
    reserves: figures.reservesBefore,
    reservesFloor: "none",
    funds: new Map(),
    classes: [
      {
        id: SUPPLIERS_CLASS,
        assets: before.suppliers,
        shares: before.supplyPrincipal,
        sharesOf: (account) => {
          const id = market.state.accounts.find(account);
          if (id === undefined) return 0n;
          return figures.epoch === undefined
            ? market.state.supply.get(id)
            : market.state.supply.at(figures.epoch, id);
        },
      },
    ],
  };
}

/**
 * Runs a shortfall down the native waterfall and requires that it leaves the reserves where the contract
 * left them.
 *
 * @throws {WaterfallDisagreesError}
 */
export function runNativeWaterfall(
  market: CometMarket,
  deficit: string,
  figures: AbsorbFigures,
  position: Position,
): WaterfallOutcome {
  const waterfall = openWaterfall(COMET_WATERFALL, catalogueRegistry);
  const outcome = runWaterfall(
    waterfall,
    openWaterfallState(waterfall),
    factsBefore(market, figures),
    { deficit, amount: figures.shortfall, borrower: figures.account, position },
    { trust: "fast" },
  );
  // The transition also spent the credit, in exchange for the collateral; rounding of the totals aside, the
  // rest of the change is the shortfall.
  const credited = outcome.facts.reserves - figures.collateralCredit;
  const difference = credited - figures.reservesAfter;
  if (difference > figures.roundingBound || -difference > figures.roundingBound) {
    throw new WaterfallDisagreesError(deficit, credited, figures.reservesAfter);
  }
  return outcome;
}
