export * from "./amount.js";
export { parseDecimal } from "./number.js";
export * from "./price.js";
export * from "./ratio.js";
