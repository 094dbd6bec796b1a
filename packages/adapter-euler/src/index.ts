export { eulerV2 } from "./adapter.js";
export { RoundingBoundError } from "./posting.js";
export { Refusal, UnknownValueError } from "./refusal.js";
export { NATIVE_WATERFALL as EULER_V2_WATERFALL } from "./waterfall.js";
export { UNCONVERTED_FEES, WaterfallMismatchError } from "./write-off.js";
