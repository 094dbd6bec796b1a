export * from "./charts/index.js";
export * from "./html-report.js";
export { LARGEST_JOURNAL } from "./journal-text.js";
export { EMBEDDED_HOLDERS } from "./page-data.js";
