export * from "./check-cases.js";
export * from "./check-trace.js";
export * from "./result.js";
export * from "./tally.js";
export * from "./toy-adapter.js";
export * from "./toy-market.js";
export * from "./toy-trace.js";
