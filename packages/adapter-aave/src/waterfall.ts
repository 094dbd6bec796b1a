import type { WaterfallDefinition, WaterfallReference } from "@shortfall/core";
import { waterfallReference } from "@shortfall/core";
import type { Market } from "./market.js";
import type { Profile } from "./profiles.js";

/**
 * The pool's own waterfall. From 3.3 a write-off is carried in full: it stays an asset in the share price until
 * somebody burns aTokens for it, and recoveries reduce what is carried. Umbrella acts later and by separate
 * calls (offset, then stake), so it is not part of what a write-off triggers. Up to 3.2 there is no write-off
 * and hence no layer.
 */
export function nativeWaterfall({
  version,
  deficit,
}: Pick<Profile, "version" | "deficit">): WaterfallDefinition {
  return {
    format: "shortfall-waterfall/1",
    id: "aave-v3-native",
    version,
    title: deficit ? "Aave v3: carry until covered" : "Aave v3: bad debt stays debt",
    layers: deficit ? [{ id: "carried", policy: "carry", parameters: { inNav: true } }] : [],
    recovery: { order: "same-order" },
  };
}

/** How the journal names the waterfall in force, per reserve. */
export const waterfallReferences = (market: Market): readonly WaterfallReference[] =>
  market.reserves.map((reserve) => waterfallReference(reserve.symbol, nativeWaterfall(market.profile)));
