export {
  EVIDENCE_FORMAT,
  EVIDENCE_KINDS,
  type EvidenceDescription,
  type EvidenceReport,
  parseEvidence,
  reconcileEvidence,
} from "./description.js";
export { EvidenceError } from "./errors.js";
export {
  EvidenceFiles,
  type FigureAt,
  figureSchema,
  type TableAt,
  type TableRow,
  tableSchema,
} from "./files.js";
export {
  defineEvidenceKind,
  type EvidenceFinding,
  type EvidenceKind,
  type EvidenceResult,
  type EvidenceTable,
} from "./kind.js";
export { type EvidenceUnit, unitSchema } from "./unit.js";
