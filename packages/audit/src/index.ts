export * from "./claims/index.js";
export * from "./documents/index.js";
export * from "./export/index.js";
export * from "./quality/index.js";
export * from "./reconcile/index.js";
export * from "./report/index.js";
export * from "./verify/index.js";
export * from "./what-if/index.js";
