export * from "./charts/index.js";
