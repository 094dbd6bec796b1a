export { compoundV2 } from "./adapter.js";
export { COMPOUND_V2_WATERFALL } from "./waterfall.js";
