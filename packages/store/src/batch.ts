import {
  describeJournal,
  entryLine,
  type JournalEntry,
  type JournalKey,
  requireStorable,
  StoreRangeError,
  StoreSequenceError,
} from "@shortfall/core";
import { JournalKeyError } from "./errors.js";

/**
 * Canonical lines of a batch that goes on at `length`, after everything that can be wrong with it was checked.
 *
 * @throws {StoreSequenceError} @throws {EntryNotStorableError} @throws {UnbalancedEntryError}
 */
export function batchLines(key: JournalKey, length: number, entries: readonly JournalEntry[]): string[] {
  return entries.map((entry, index) => {
    if (entry.sequence !== length + index) {
      throw new StoreSequenceError(describeJournal(key), length + index, entry.sequence);
    }
    requireStorable(entry);
    return entryLine(entry);
  });
}

/** @throws {StoreRangeError} `first` to `end` is not a range of what is stored. */
export function requireRange(key: JournalKey, first: number, end: number, length: number): void {
  const whole = Number.isSafeInteger(first) && Number.isSafeInteger(end);
  if (!whole || first < 0 || end < first || end > length) {
    throw new StoreRangeError(describeJournal(key), first, end, length);
  }
}

const MOST_KEY_BYTES = 80;

/** @throws {JournalKeyError} the key's chain or market is no name that every store can keep. */
export function requireKey(key: JournalKey): void {
  for (const field of ["chain", "market"] as const) {
    const bytes = Buffer.byteLength(key[field]);
    if (bytes === 0 || bytes > MOST_KEY_BYTES || /\0|\p{Surrogate}/u.test(key[field])) {
      throw new JournalKeyError(field, key[field]);
    }
  }
}
