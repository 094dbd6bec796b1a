export { FileJournal, type FileJournalOptions } from "./files/file-journal.js";
export { FILES_FORMAT, FileStore } from "./files/file-store.js";
export { SEGMENT_FORMAT } from "./files/segment.js";
export { HashChain } from "./hash-chain.js";
