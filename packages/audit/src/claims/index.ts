export * from "./claim.js";
export * from "./dump.js";
export * from "./errors.js";
export * from "./families.js";
export * from "./parse.js";
export * from "./tree.js";
