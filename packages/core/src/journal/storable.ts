import { EntryNotStorableError } from "../ports/store-errors.js";
import { requireBalance } from "./balance.js";
import type { JournalEntry, Posting } from "./entry.js";
import type { EntryRecord } from "./entry-line.js";

const ENTRY_TEXTS = ["kind", "account", "deficit", "memo"] as const;
const ENTRY_KEYS = new Set<string>([...ENTRY_TEXTS, "sequence", "position", "postings", "reverses"]);
const POSITION_NUMBERS = ["block", "timestamp", "transactionIndex", "logIndex", "line"] as const;
const POSITION_KEYS = new Set<string>([...POSITION_NUMBERS, "transaction"]);
const POSTING_TEXTS = ["pool", "account", "commodity"] as const;
const POSTING_KEYS = new Set<string>([...POSTING_TEXTS, "amount"]);
const LIMIT = 1n << 256n;
// Databases hold no NUL in text, and UTF-8 no half of a surrogate pair.
const UNSTORABLE_TEXT = /\0|\p{Surrogate}/u;

/**
 * Checks that an entry comes out of any store as it went in: known members only, whole numbers, text that UTF-8
 * holds and without NUL, amounts below 2^256 in size, and postings that balance.
 *
 * @throws {EntryNotStorableError} @throws {UnbalancedEntryError}
 */
export function requireStorable(entry: JournalEntry): void {
  const { sequence, position } = entry;
  requireKeys(entry, ENTRY_KEYS, sequence, "");
  requireNumber(sequence, sequence, "sequence");
  requireText(entry.kind, sequence, "kind");
  for (const key of ENTRY_TEXTS) if (entry[key] !== undefined) requireText(entry[key], sequence, key);
  if (entry.reverses !== undefined) requireNumber(entry.reverses, sequence, "reverses");
  requireKeys(position, POSITION_KEYS, sequence, "position.");
  requireNumber(position.block, sequence, "position.block");
  requireNumber(position.timestamp, sequence, "position.timestamp");
  for (const key of POSITION_NUMBERS) {
    if (position[key] !== undefined) requireNumber(position[key], sequence, `position.${key}`);
  }
  if (position.transaction !== undefined) requireText(position.transaction, sequence, "position.transaction");
  for (const [side, posting] of entry.postings.entries()) requirePosting(posting, sequence, side);
  requireBalance(entry.kind, entry.postings);
}

function requirePosting(posting: Posting, sequence: number, side: number): void {
  requireKeys(posting, POSTING_KEYS, sequence, `postings[${side}].`);
  for (const key of POSTING_TEXTS) requireText(posting[key], sequence, `postings[${side}].${key}`);
  const { amount } = posting;
  if (typeof amount !== "bigint") {
    throw new EntryNotStorableError(sequence, `postings[${side}].amount`, "it is not a bigint");
  }
  if (amount >= LIMIT || amount <= -LIMIT) {
    throw new EntryNotStorableError(sequence, `postings[${side}].amount`, "it is 2^256 or more in size");
  }
}

function requireKeys(value: object, known: ReadonlySet<string>, sequence: number, path: string): void {
  for (const [key, member] of Object.entries(value)) {
    if (!known.has(key) && member !== undefined) {
      throw new EntryNotStorableError(sequence, `${path}${key}`, "entries have no such member");
    }
  }
}

function requireNumber(value: number, sequence: number, field: string): void {
  if (!Number.isSafeInteger(value))
    throw new EntryNotStorableError(sequence, field, "it is not a whole number");
}

function requireText(value: string, sequence: number, field: string): void {
  if (typeof value !== "string") throw new EntryNotStorableError(sequence, field, "it is not text");
  if (UNSTORABLE_TEXT.test(value)) {
    throw new EntryNotStorableError(sequence, field, "it holds a NUL or half a surrogate pair");
  }
}

/**
 * An entry out of its canonical JSON, checked as {@link requireStorable} does.
 *
 * @throws {SyntaxError} the text is not JSON. @throws {EntryNotStorableError} @throws {UnbalancedEntryError}
 */
export function parseEntry(text: string): JournalEntry {
  const value = JSON.parse(text) as EntryRecord | null;
  const sequence = value?.sequence ?? -1;
  if (!value || typeof value.position !== "object" || value.position === null) {
    throw new EntryNotStorableError(sequence, "position", "it is not an object");
  }
  if (!Array.isArray(value.postings))
    throw new EntryNotStorableError(sequence, "postings", "they are no list");
  const postings = value.postings.map((posting: EntryRecord["postings"][number], side): Posting => {
    if (!/^(0|-?[1-9]\d*)$/.test(posting?.amount)) {
      throw new EntryNotStorableError(sequence, `postings[${side}].amount`, "it is not a decimal integer");
    }
    return { ...posting, amount: BigInt(posting.amount) };
  });
  const entry: JournalEntry = { ...value, postings };
  requireStorable(entry);
  return entry;
}
