export { type ColumnNames, readColumnNames } from "./columns.js";
export { CsvRows } from "./csv-rows.js";
export { ParquetRows } from "./parquet-rows.js";
export * from "./table-cursor.js";
export type { LogRows, RowMark } from "./table-rows.js";
export * from "./table-source.js";
