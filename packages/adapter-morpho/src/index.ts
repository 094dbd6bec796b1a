export * from "./blue/index.js";
export * from "./vault/index.js";
