export { type CopyOptions, copyJournal, copyStore } from "./copy.js";
export * from "./errors.js";
export { FileJournal, type FileJournalOptions } from "./files/file-journal.js";
export { FILES_FORMAT, FileStore } from "./files/file-store.js";
export { SEGMENT_FORMAT } from "./files/segment.js";
export { HashChain } from "./hash-chain.js";
export * from "./jobs/index.js";
export { JournalWriter, type WriterOptions } from "./journal-writer.js";
export type { SqlConnection, SqlRow, SqlSession, SqlValue } from "./sql/connection.js";
export { connectPostgres, type PostgresAddress } from "./sql/pg-connection.js";
export { connectPglite, type PgliteDatabase, type PgliteTransaction } from "./sql/pglite-connection.js";
export { PostgresStore, type PostgresStoreOptions } from "./sql/postgres-store.js";
export { SqlJournal } from "./sql/sql-journal.js";
export {
  digestAt,
  type JournalProof,
  type RangeProof,
  snapshotRanges,
  verifyJournal,
  verifyRange,
} from "./verify.js";
