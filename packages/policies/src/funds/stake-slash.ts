import { definePolicy, type LayerView } from "@shortfall/core";
import { max, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { type Conversion, mostCovered, returnedUnitsDown, slashFor } from "../pieces/conversion.js";
import { amount, bps, divisor, identifier } from "../pieces/schema.js";
import { MissingBearerError } from "../pieces/shares.js";

const parameters = z.strictObject({
  fund: identifier.describe("Fund of the pool that holds the stake, in its own asset."),
  feeBps: bps.default(0n).describe("On top of the loss, collected and covering nothing."),
  minimumLeft: amount.default(0n).describe("Units that are never slashed."),
  prices: z
    .strictObject({ loss: divisor, stake: divisor })
    .optional()
    .describe(
      "Fixed prices on one scale; the pool's `prices` where absent, and one to one where neither is.",
    ),
});

type View = LayerView<z.output<typeof parameters>, object>;

/**
 * A side pool in another asset is slashed (Umbrella stake tokens, staking pools of mutuals).
 *
 * Rounding: fee down, value down, cover of a cut slash down; the stake pool keeps the dust. A loss worth less
 * than one unit falls through to the next layer. Recoveries return floor(amount·priceIn/priceOut) units.
 */
export const stakeSlash = definePolicy({
  id: "stake-slash",
  version: "1",
  title: "Stake slash",
  parameters,
  describe: (p) =>
    `Stake pool "${p.fund}" is slashed${p.feeBps > 0n ? ` with a fee of ${p.feeBps} bps on top` : ""}${
      p.minimumLeft > 0n ? `, leaving at least ${p.minimumLeft} units` : ""
    }.`,
  bearer: (p) => ({ kind: "fund", id: p.fund }),
  open: () => ({}),
  capacity: (view) => mostCovered(available(view), conversion(view)),
  absorb(view, request) {
    const slash = slashFor(request.remaining, available(view), conversion(view));
    const { fund } = view.parameters;
    return {
      taken: slash.covered,
      state: view.state,
      effects:
        slash.slashed === 0n
          ? []
          : [{ kind: "slash-stake", fund, units: slash.slashed, assets: slash.covered }],
      reason:
        slash.wanted === 0n
          ? "The loss is worth less than one unit of stake."
          : slash.slashed === slash.wanted
            ? `${slash.slashed} units of "${fund}" pay all of it.`
            : `${slash.slashed} of the ${slash.wanted} units wanted from "${fund}" pay ${slash.covered}.`,
      figures: {
        withFee: slash.withFee,
        wanted: slash.wanted,
        slashed: slash.slashed,
        feeAmount: slash.fee,
      },
    };
  },
  recover(view, offered) {
    const units = returnedUnitsDown(offered, conversion(view));
    return {
      restored: offered,
      state: view.state,
      effects: [{ kind: "return-stake", fund: view.parameters.fund, units, assets: offered }],
      reason: `Buys ${units} units back for "${view.parameters.fund}".`,
      figures: { stakeReturned: units },
    };
  },
});

function fundOf(view: View) {
  const fund = view.pool.funds.get(view.parameters.fund);
  if (!fund) throw new MissingBearerError("fund", view.parameters.fund, view.pool.pool);
  return fund;
}

function available(view: View): bigint {
  const fund = fundOf(view);
  return zeroFloorSub(fund.balance, max(view.parameters.minimumLeft, fund.floor ?? 0n));
}

function conversion(view: View): Conversion {
  const { prices, feeBps } = view.parameters;
  if (prices) return { priceIn: prices.loss, priceOut: prices.stake, feeBps };
  const stakeAsset = fundOf(view).asset ?? view.pool.asset;
  if (stakeAsset === view.pool.asset) return { priceIn: 1n, priceOut: 1n, feeBps };
  return { priceIn: priceOf(view, view.pool.asset), priceOut: priceOf(view, stakeAsset), feeBps };
}

function priceOf(view: View, asset: string): bigint {
  const price = view.pool.prices?.get(asset);
  if (price === undefined || price <= 0n) throw new MissingBearerError("price of", asset, view.pool.pool);
  return price;
}
