export * from "./errors.js";
export * from "./followed-file.js";
export * from "./followed-node.js";
export type { FilePlace } from "./growing-file.js";
