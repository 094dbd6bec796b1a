export * from "./comet/index.js";
export * from "./compound-v2/index.js";
export * from "./ctoken/index.js";
export * from "./venus/index.js";
