export * from "./errors.js";
export * from "./folder.js";
export * from "./json-lines.js";
export { type FileDigest, readLines, type TextLine } from "./lines.js";
