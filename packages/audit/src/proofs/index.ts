export * from "./entry-tree.js";
export * from "./liability-rows.js";
export * from "./liability-tree.js";
export * from "./proof.js";
export * from "./prove.js";
export * from "./roots.js";
