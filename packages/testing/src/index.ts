export * from "./adapter-conformance.js";
export * from "./golden/index.js";
export * from "./ledger/index.js";
export * from "./memory-store.js";
export * from "./policy-conformance.js";
export * from "./source-conformance.js";
export * from "./store-conformance.js";
