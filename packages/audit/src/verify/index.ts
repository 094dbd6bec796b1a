export type { VerifyFailure } from "./failure.js";
export { type CheckedJournal, JournalCheck } from "./journal-check.js";
export { VERIFIER, VERIFIER_NAME } from "./verifier-text.js";
export {
  digestOf,
  type FolderReader,
  type VerifyResult,
  verifyFolder,
} from "./verify.js";
