import type { JournalBlock, JournalEntry } from "../journal/entry.js";
import type { JournalHeader } from "../journal/journal.js";

/** Names a stored journal. One market has one history, appended by one writer at a time. */
export interface JournalKey {
  /** Such as `eip155:1`, or a team's own word. */
  readonly chain: string;
  /** Such as an address. */
  readonly market: string;
}

/** `chain/market`, for messages. */
export const describeJournal = (key: JournalKey): string => `${key.chain}/${key.market}`;

/** What an acknowledged batch left: it survives the end of the process and of the machine. */
export interface AppendReceipt {
  /** Entries stored. */
  readonly length: number;
  /** Digest of all of them, as `Journal.digest` gives it. */
  readonly digest: string;
}

/** A snapshot without its bytes. */
export interface SnapshotMark {
  /** Entries before it: the state is that after entry `sequence` − 1. */
  readonly sequence: number;
  /** Digest of those entries. */
  readonly digest: string;
}

/** A state to start from, bound to the entries that led to it. */
export interface StoredSnapshot extends SnapshotMark {
  /** The caller's own encoding. */
  readonly bytes: Uint8Array;
}

/**
 * A journal that outlives the process. Its blocks and digest are those of the `Journal` whose entries it holds.
 *
 * Calls may overlap; a store runs them one after the other.
 */
export interface StoredJournal {
  readonly key: JournalKey;
  readonly header: JournalHeader;
  /** Entries acknowledged, or found at opening. */
  readonly length: number;
  /**
   * Appends entries that follow the stored ones, all or none, and returns once they are durable.
   *
   * @throws {StoreSequenceError} they do not follow. @throws {EntryNotStorableError}
   * @throws {UnbalancedEntryError} in these three cases nothing was written and more may be appended.
   * @throws {StoreConflictError} another writer was there. @throws {StoreFailedError} the journal must be opened again.
   */
  append(entries: readonly JournalEntry[]): Promise<AppendReceipt>;
  /** Entries from `first` up to `end`, excluded. @throws {StoreRangeError} @throws {StoreCorruptError} */
  read(first?: number, end?: number): AsyncIterable<JournalEntry>;
  /** All blocks, the last one possibly short. */
  blocks(): Promise<readonly JournalBlock[]>;
  /** Digest of everything so far, the header's while empty. */
  digest(): Promise<string>;
  /** Stores the state after all entries so far; replaces one at the same length. */
  putSnapshot(bytes: Uint8Array): Promise<SnapshotMark>;
  /** In order of sequence. */
  snapshots(): Promise<readonly SnapshotMark[]>;
  /** The last snapshot at or before `sequence`, of all where absent. @throws {StoreCorruptError} */
  snapshot(sequence?: number): Promise<StoredSnapshot | undefined>;
  /** Waits for what is under way and lets go. Closing twice is fine. */
  close(): Promise<void>;
}

/** Keeps journals. An interface of promises: a store may be a folder, a database or another machine. */
export interface JournalStore {
  /** `files`, `postgres`, … */
  readonly kind: string;
  /**
   * Opens a journal to append to it; begins it if there is none.
   *
   * @throws {StoreHeaderError} it was begun with another header. @throws {StoreLockedError} @throws {StoreCorruptError}
   */
  open(key: JournalKey, header: JournalHeader): Promise<StoredJournal>;
  /** Opens a journal to read what it holds now, beside a writer; undefined if there is none. */
  view(key: JournalKey): Promise<StoredJournal | undefined>;
  /** All journals, by chain and market. */
  journals(): Promise<readonly JournalKey[]>;
  /** Closes every journal it opened. */
  close(): Promise<void>;
}
