export * from "./bars.js";
export * from "./coverage-bar.js";
export * from "./depth.js";
export * from "./distribution.js";
export * from "./ramp.js";
export * from "./waterfall.js";
