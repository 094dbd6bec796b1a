export * from "./agreement.js";
export { NaiveBook, type NaiveHolder, NaiveRefusal } from "./naive-book.js";
export * from "./naive-ledger.js";
export { type NaiveDeficit, NaivePool } from "./naive-pool.js";
export * from "./plain-policies.js";
export * from "./rule-spec.js";
export * from "./scenario.js";
export * from "./script.js";
