import type { WaterfallDefinition } from "@shortfall/core";

/**
 * Compound v2 takes no loss anywhere: an insolvent debt stays in totalBorrows. Every deficit that this ledger
 * recognises is uncovered, until somebody repays it.
 */
export const COMPOUND_V2_WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "compound-v2-native",
  version: "1",
  title: "Nothing absorbs: insolvent debt stays a claim and the last suppliers find no cash",
  layers: [],
};
