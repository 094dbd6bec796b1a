export * from "./golden/index.js";
