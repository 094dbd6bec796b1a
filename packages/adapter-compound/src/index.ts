export * from "./comet/index.js";
