export * from "./connection.js";
export { DatabaseRows, type DatabaseRowsOptions } from "./database-rows.js";
