export { aaveV3 } from "./adapter.js";
export { RoundingBoundError } from "./books/errors.js";
export { UnknownWriteOffError } from "./books/losses.js";
export { PROFILES, type Profile, profileFor } from "./profiles.js";
export * as hubV4 from "./v4/hub.js";
export {
  diagnoseHistory,
  diagnoseIndexes,
  type HistoryDiagnosis,
  type IndexDiagnosis,
  type IndexTransition,
} from "./versions/diagnose.js";
export { MARKET_RELEASES, type MarketReleases } from "./versions/market-releases.js";
export { releaseInForce, UnknownReleaseError } from "./versions/release-in-force.js";
export { nativeWaterfall } from "./waterfall.js";
