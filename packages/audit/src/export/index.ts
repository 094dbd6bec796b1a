export { beancountExporter } from "./beancount.js";
export { ExportPrecisionError } from "./errors.js";
export { hledgerExporter, ledgerExporter } from "./ledger-text.js";
export { reportTables, type TableRows } from "./report-tables.js";
export { csvExporter, jsonExporter } from "./tables.js";
