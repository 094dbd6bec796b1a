export { compoundV2 } from "./adapter.js";
export type { CompoundOperation } from "./operation.js";
export { COMPOUND_V2_WATERFALL } from "./waterfall.js";
