export { eulerV2 } from "./adapter.js";
export { RoundingBoundError } from "./posting.js";
export { Refusal, UnknownValueError } from "./refusal.js";
export { UNCONVERTED_FEES, WaterfallMismatchError } from "./write-off.js";
