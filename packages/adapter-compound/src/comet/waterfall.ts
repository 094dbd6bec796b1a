import type { PoolFacts, WaterfallDefinition } from "@shortfall/core";
import type { CometMarket } from "./market.js";
import type { AbsorbFigures } from "./outcome.js";

/** Layer that takes every Comet loss: the residual between assets and claims. */
export const RESERVES_LAYER = "reserves";
export const RESERVES_POLICY = "reserve";
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
  layers: [{ id: RESERVES_LAYER, policy: RESERVES_POLICY, parameters: { mayGoNegative: true } }],
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
