export * from "./adapter-conformance.js";
export * from "./golden/index.js";
export * from "./ledger/index.js";
export * from "./policy-conformance.js";
