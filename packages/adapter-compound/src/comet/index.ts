export { comet } from "./adapter.js";
export { CometCallError, CometRefusal, PriceUnknownError, RoundingBoundError } from "./errors.js";
export { CometModel } from "./model.js";
export type { AbsorbFigures } from "./outcome.js";
export { COMET_WATERFALL } from "./waterfall.js";
export type { Absorption } from "./write-off.js";
