export * from "@shortfall/core";
export * from "@shortfall/policies";
export * from "./configuration.js";
export * from "./container.js";
export * from "./errors.js";
export * from "./plugin.js";
export * from "./shortfall.js";
export * from "./watch/index.js";
