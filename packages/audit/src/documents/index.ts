export * from "./csv.js";
export * from "./document.js";
export * from "./errors.js";
export * from "./json.js";
export * from "./numeral.js";
export * from "./path.js";
