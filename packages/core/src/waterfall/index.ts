export * from "./act.js";
export type { PolicyTrust, WaterfallOptions } from "./consult.js";
export * from "./define-policy.js";
export {
  parseWaterfallDefinition,
  UNCOVERED,
  waterfallDigest,
  waterfallJson,
  waterfallReference,
} from "./definition.js";
export * from "./describe.js";
export { applyEffects, type EffectSource, effectAssets, effectSum } from "./effects.js";
export * from "./errors.js";
export { poolFacts } from "./facts.js";
export * from "./picture.js";
export {
  type RecoveryOutcome,
  type RecoveryRequest,
  recoverThroughWaterfall,
  type SlotOutcome,
} from "./recover.js";
export * from "./run.js";
export * from "./run-pools.js";
export {
  type LayerState,
  openWaterfall,
  openWaterfallState,
  type Waterfall,
  type WaterfallLayer,
  type WaterfallState,
} from "./waterfall.js";
