export { morphoBlue } from "./adapter.js";
export { MorphoCallError, MorphoRefusal, PriceUnknownError, RateUnknownError } from "./errors.js";
export { MorphoBlueModel } from "./model.js";
export { BLUE_WATERFALL } from "./waterfall.js";
