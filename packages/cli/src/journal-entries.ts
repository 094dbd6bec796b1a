import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { EntryRecord, JournalEntry } from "@shortfall/core";

const PIECE = 1 << 16;

/**
 * Entries of a verified `journal.jsonl`, from disk each time it is walked. With several histories the pool's name
 * begins with the history's, and entries are numbered through.
 */
export function* journalEntries(path: string, histories: number): Generator<JournalEntry> {
  let history = "";
  let sequence = 0;
  for (const line of textLines(path)) {
    const value = JSON.parse(line) as EntryRecord & { format?: string; history?: string; block?: unknown };
    if (value.format !== undefined) history = value.history ?? "";
    else if (value.block === undefined) {
      const pool = (name: string): string => (histories > 1 ? `${history}-${name}` : name);
      yield {
        ...value,
        sequence: sequence++,
        postings: value.postings.map((posting) => ({
          ...posting,
          pool: pool(posting.pool),
          amount: BigInt(posting.amount),
        })),
      };
    }
  }
}

/** Lines of a file, read in pieces. */
export function* textLines(path: string): Generator<string> {
  let rest = "";
  for (const piece of textPieces(path)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** The text of a file in pieces. */
export function* textPieces(path: string): Generator<string> {
  const file = openSync(path, "r");
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(PIECE);
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      yield decoder.write(buffer.subarray(0, read));
    }
    yield decoder.end();
  } finally {
    closeSync(file);
  }
}
