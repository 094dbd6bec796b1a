export { venusIsolated } from "./adapter.js";
export { VENUS_ISOLATED_WATERFALL } from "./waterfall.js";
