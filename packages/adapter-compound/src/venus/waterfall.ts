import type { WaterfallDefinition } from "@shortfall/core";
import { BAD_DEBT_LAYER } from "../ctoken/recognised-deficits.js";

/**
 * Healed debt becomes the market's badDebt, which stays an asset in the exchange rate: carried in full, until
 * an auction of the risk fund pays some of it in.
 */
export const VENUS_ISOLATED_WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "venus-isolated-native",
  version: "1",
  title: "Carried as bad debt, recovered by auctioning the risk fund",
  layers: [{ id: BAD_DEBT_LAYER, policy: "carry", parameters: {} }],
};
