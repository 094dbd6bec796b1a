import { openWaterfall, type PoolFacts, poolFacts, type WaterfallDefinition } from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import { VIRTUAL_DEPOSIT } from "./constants.js";
import { residualOf } from "./figures.js";
import { SHARE_CLASS } from "./posting.js";
import type { SocialisedLoss } from "./step.js";
import type { Vault } from "./vault.js";

/** What a vault does with a loss: every share is worth less at once. There is no reserve and no insurance. */
export const NATIVE_WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "euler-v2-native",
  version: "1",
  title: "Euler v2: all shares of the vault lose alike",
  layers: [{ id: "holders", policy: "pro-rata", parameters: { class: SHARE_CLASS } }],
};

/** The native waterfall, ready to run. */
export const nativeWaterfall = openWaterfall(NATIVE_WATERFALL, catalogueRegistry);

/** A vault as the waterfall sees it before a loss. The class claims all that is there, the virtual part included. */
export function factsBefore(vault: Vault, loss: SocialisedLoss): PoolFacts {
  const { before } = loss;
  return poolFacts({
    pool: vault.address,
    asset: vault.symbol,
    cash: before.cash,
    loans: before.loans,
    reserves: residualOf(before),
    classes: [
      {
        id: SHARE_CLASS,
        assets: before.cash + before.loans,
        shares: loss.totalShares,
        virtual: VIRTUAL_DEPOSIT,
      },
    ],
  });
}
