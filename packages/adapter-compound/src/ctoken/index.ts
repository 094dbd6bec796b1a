export { MarketCallError } from "./call.js";
export type { InsolventAccount } from "./insolvency.js";
export type { InsolvencyMark } from "./insolvency-marks.js";
export { type CTokenAdapter, CTokenModel } from "./model.js";
export { NativeWaterfallMismatchError } from "./native-waterfall.js";
export { MarketRefusal } from "./refusal.js";
export type { CTokenPoolView } from "./view.js";
