export * from "./errors.js";
export * from "./folder.js";
export * from "./history-file.js";
export * from "./history-header.js";
export * from "./json-lines.js";
export { type FileDigest, readLines, type TextLine } from "./lines.js";
export * from "./log-record.js";
export * from "./rpc/index.js";
export * from "./text.js";
