import { definePolicy, type LayerView, type LossEffect } from "@shortfall/core";
import { BPS, divUp, min, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { bps, identifier } from "../pieces/schema.js";
import { MissingBearerError } from "../pieces/shares.js";

const parameters = z.strictObject({
  collateral: identifier.describe("Seized collateral that is sold."),
  discountBps: bps.default(0n).describe("What buyers pay less than the price."),
  buyer: identifier.default("market").describe("Name of whoever buys."),
});

type View = LayerView<z.output<typeof parameters>, object>;

/**
 * What was seized is sold first, at a discount to its price (collateral auctions, Comet `buyCollateral`, a
 * defaulter's margin).
 *
 * A unit fetches price·(10000 − discount)/10000; all of it together is rounded down, and as many units as the
 * loss needs are sold, rounded up: the buyer keeps the dust. What is not sold stays for later layers and the
 * borrower. A sale is final; nothing comes back.
 */
export const collateralSale = definePolicy({
  id: "collateral-sale",
  version: "1",
  title: "Collateral sale",
  parameters,
  describe: (p) =>
    `Seized "${p.collateral}" is sold${p.discountBps > 0n ? ` at ${p.discountBps} bps below its price` : ""}.`,
  bearer: (p) => ({ kind: "auction", id: p.collateral }),
  open: () => ({}),
  capacity: () => "unlimited",
  absorb(view, request) {
    const { collateral, buyer } = view.parameters;
    const held = request.seized?.find((part) => part.asset === collateral)?.amount ?? 0n;
    const rate = held === 0n ? { num: 0n, den: 1n } : rateOf(view);
    const taken = min(request.remaining, (held * rate.num) / rate.den);
    if (taken === 0n) {
      return { taken, state: view.state, effects: [], reason: "There is no collateral to sell." };
    }
    const sold = min(held, divUp(taken * rate.den, rate.num));
    const effects: LossEffect[] = [
      { kind: "give-collateral", asset: collateral, to: buyer, amount: sold },
      { kind: "sale", buyer, assets: taken },
    ];
    return {
      taken,
      state: view.state,
      effects,
      reason: `${sold} of "${collateral}" is sold for ${taken}.`,
      figures: { sold },
    };
  },
});

/** Assets per unit of collateral, as a fraction. */
function rateOf(view: View): { num: bigint; den: bigint } {
  const factor = zeroFloorSub(BPS, view.parameters.discountBps);
  return {
    num: priceOf(view, view.parameters.collateral) * factor,
    den: priceOf(view, view.pool.asset) * BPS,
  };
}

function priceOf(view: View, asset: string): bigint {
  const price = view.pool.prices?.get(asset);
  if (price === undefined || price <= 0n) throw new MissingBearerError("price of", asset, view.pool.pool);
  return price;
}
