export * from "./allocation.js";
export * from "./errors.js";
export * from "./fixed-point.js";
export * from "./mul-div.js";
export * from "./range.js";
export * from "./shares.js";
export * from "./units.js";
