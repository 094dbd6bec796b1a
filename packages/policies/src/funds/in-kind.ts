import { definePolicy, type LayerView } from "@shortfall/core";
import { divUp, min } from "@shortfall/math";
import * as z from "zod";
import { identifier } from "../pieces/schema.js";
import { classOf, MissingBearerError } from "../pieces/shares.js";

const parameters = z.strictObject({
  class: identifier.describe("Class whose holders get the collateral and give up as much claim."),
  collateral: identifier.describe("Collateral that is handed out."),
});

type View = LayerView<z.output<typeof parameters>, object>;

/**
 * Holders are given the seized collateral and keep no claim for what it is worth (Silo v2).
 *
 * Worth at the pool's prices, rounded down, so that holders give up no more than they get; at most the
 * class's claim. Of a collateral worth more than the loss only ceil(loss·price in/price out) is handed out.
 * Nothing comes back: holders have the collateral.
 */
export const inKind = definePolicy({
  id: "in-kind",
  version: "1",
  title: "In kind",
  parameters,
  describe: (p) => `Holders of "${p.class}" get the "${p.collateral}" and give up its worth.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: () => ({}),
  capacity: (view: View) => classOf(view, view.parameters.class).assets,
  absorb(view, request) {
    const { class: id, collateral } = view.parameters;
    const held = request.seized?.find((part) => part.asset === collateral)?.amount ?? 0n;
    const price = { out: priceOf(view, collateral), in: priceOf(view, view.pool.asset) };
    const worth = (held * price.out) / price.in;
    const taken = min(min(request.remaining, worth), classOf(view, id).assets);
    if (taken === 0n) {
      return { taken, state: view.state, effects: [], reason: "There is no collateral to hand out." };
    }
    const given = min(held, divUp(taken * price.in, price.out));
    return {
      taken,
      state: view.state,
      effects: [
        { kind: "give-collateral", asset: collateral, to: id, amount: given },
        { kind: "write-down", class: id, assets: taken },
      ],
      reason: `${given} of "${collateral}" goes to holders of "${id}" for a claim of ${taken}.`,
      figures: { given },
    };
  },
});

function priceOf(view: View, asset: string): bigint {
  const price = view.pool.prices?.get(asset);
  if (price === undefined || price <= 0n) throw new MissingBearerError("price of", asset, view.pool.pool);
  return price;
}
