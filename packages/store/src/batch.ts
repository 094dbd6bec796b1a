import {
  canonicalJson,
  describeJournal,
  type JournalEntry,
  type JournalKey,
  requireStorable,
  StoreRangeError,
  StoreSequenceError,
} from "@shortfall/core";

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
    return canonicalJson(entry);
  });
}

/** @throws {StoreRangeError} `first` to `end` is not a range of what is stored. */
export function requireRange(key: JournalKey, first: number, end: number, length: number): void {
  const whole = Number.isSafeInteger(first) && Number.isSafeInteger(end);
  if (!whole || first < 0 || end < first || end > length) {
    throw new StoreRangeError(describeJournal(key), first, end, length);
  }
}
