export * from "./claims/index.js";
