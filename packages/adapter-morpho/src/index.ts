export * from "./blue/index.js";
