export { surpriseBits, type Trials } from "./chance.js";
export type { ColumnCounts } from "./column.js";
export type { QualityClass, QualityExample, QualityFinding, QualitySeverity } from "./finding.js";
export { inspectQuality, type NumberedLine } from "./inspect.js";
export type { QualityOptions, QualityReport } from "./inspector.js";
