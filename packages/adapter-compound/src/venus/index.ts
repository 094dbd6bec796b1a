export { venusIsolated } from "./adapter.js";
export type { VenusOperation } from "./operation.js";
export { VENUS_ISOLATED_WATERFALL } from "./waterfall.js";
