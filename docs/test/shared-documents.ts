import { catalogue } from "@shortfall/policies";
import fc from "fast-check";
import type { LayerDocument, TrialDocument } from "../playground/document.js";
import { OPENING } from "../playground/document.js";
import { moveLayer } from "../playground/edit.js";
import { addLayer } from "../playground/starters.js";

const amount = (digits: number) => fc.bigInt(0n, 10n ** BigInt(digits)).map((units) => `${units}`);
const orders = ["same-order", "reverse-order", "senior-first", "junior-first", "pro-rata"] as const;

/** A layer's cap, and amounts among its parameters that may be any. */
const variation = fc.record({
  cap: fc.option(amount(14), { nil: undefined }),
  fixed: fc.option(amount(13), { nil: undefined }),
  place: fc.nat(11),
});

/**
 * Documents that a visitor could make: any pool, any layers of the whole catalogue in any order, caps, bounds,
 * losses from nothing to beyond every layer, and any recovery.
 */
export const documents = (decimals = fc.constantFrom(0, 6, 8, 18)): fc.Arbitrary<TrialDocument> =>
  fc
    .record({
      decimals,
      asset: fc.constantFrom("USDC", "WETH", "a/b~c 'ü'"),
      policies: fc.array(fc.tuple(fc.constantFrom(...catalogue), variation), { maxLength: 12 }),
      reserves: amount(15),
      fund: amount(15),
      floor: fc.option(amount(10), { nil: undefined }),
      lenders: amount(17),
      junior: amount(15),
      loss: fc.oneof(amount(18), amount(14), amount(4), fc.constant("0")),
      recovered: fc.oneof(amount(17), fc.constant("0")),
      order: fc.constantFrom(...orders),
    })
    .map(({ policies, ...parts }) => {
      const start: TrialDocument = {
        ...OPENING,
        waterfall: { ...OPENING.waterfall, layers: [], recovery: { order: parts.order } },
        pool: {
          asset: parts.asset,
          decimals: parts.decimals,
          reserves: parts.reserves,
          funds: { insurance: { balance: parts.fund, ...(parts.floor ? { floor: parts.floor } : {}) } },
          classes: [
            { id: "lenders", assets: parts.lenders },
            { id: "junior", assets: parts.junior },
          ],
        },
        loss: parts.loss,
        recovered: parts.recovered,
      };
      return policies.reduce((document, [policy, { cap, fixed, place }]) => {
        const added = addLayer(document, policy.id, policy.title);
        const index = added.waterfall.layers.length - 1;
        const varied = vary(added.waterfall.layers[index]!, cap, fixed);
        const layers = added.waterfall.layers.map((layer, at) => (at === index ? varied : layer));
        return moveLayer({ ...added, waterfall: { ...added.waterfall, layers } }, index, place);
      }, start);
    });

function vary(layer: LayerDocument, cap: string | undefined, fixed: string | undefined): LayerDocument {
  const bounded =
    fixed !== undefined && (layer.policy === "cash-fund" || layer.policy === "members")
      ? { ...layer.parameters, limits: { fixed } }
      : layer.parameters;
  return { ...layer, parameters: bounded, ...(cap === undefined ? {} : { cap }) };
}
