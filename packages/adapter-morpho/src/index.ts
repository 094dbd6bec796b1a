export * from "./blue/index.js";
export * from "./vault/index.js";
export * from "./vault-v2/index.js";
