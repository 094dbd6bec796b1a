export * from "./chain-order.js";
export * from "./coverage.js";
export * from "./difference.js";
export * from "./history-audit.js";
export * from "./log-order.js";
export * from "./trace-order.js";
export { type Step, TransactionGrouping } from "./transactions.js";
export * from "./write-off.js";
export * from "./wrong-version.js";
