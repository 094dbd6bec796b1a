// What bundlers for browsers find under the package's name: histories that are in memory. The rest needs Node.
export { linesOfBytes } from "./byte-lines.js";
export * from "./errors.js";
export * from "./history-header.js";
export * from "./history-text.js";
export * from "./json-lines.js";
export * from "./log-record.js";
export type { FileDigest, TextLine } from "./split-lines.js";
