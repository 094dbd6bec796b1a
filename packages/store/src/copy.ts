import {
  type AppendReceipt,
  describeJournal,
  type JournalEntry,
  type JournalStore,
  type StoredJournal,
} from "@shortfall/core";
import { JournalMismatchError } from "./errors.js";
import { digestAt } from "./verify.js";

export interface CopyOptions {
  /** Entries a batch. */
  readonly batchEntries: number;
}

const BATCH = 4096;

/**
 * Copies a stored journal and its snapshots into another store, from files to a database or back. Goes on where an
 * interrupted copy ended. On return the copy has the length and digest of the source.
 *
 * @throws {JournalMismatchError} what the target holds already is not the source's beginning.
 */
export async function copyJournal(
  source: StoredJournal,
  target: JournalStore,
  options: Partial<CopyOptions> = {},
): Promise<AppendReceipt> {
  const copy = await target.open(source.key, source.header);
  try {
    await requireSamePrefix(source, copy);
    const marks = (await source.snapshots()).filter((mark) => mark.sequence >= copy.length);
    const ends = marks.map((mark) => mark.sequence);
    for (const end of [...new Set([...ends, source.length])]) {
      await copyRange(source, copy, end, options.batchEntries ?? BATCH);
      if (!ends.includes(end)) continue;
      const snapshot = await source.snapshot(end);
      if (snapshot) await copy.putSnapshot(snapshot.bytes);
    }
    const [expected, digest] = await Promise.all([source.digest(), copy.digest()]);
    if (digest !== expected)
      throw new JournalMismatchError(describeJournal(copy.key), copy.length, expected, digest);
    return { length: copy.length, digest };
  } finally {
    await copy.close();
  }
}

/** Copies all journals of a store, in order. */
export async function copyStore(
  source: JournalStore,
  target: JournalStore,
  options: Partial<CopyOptions> = {},
): Promise<readonly AppendReceipt[]> {
  const receipts: AppendReceipt[] = [];
  for (const key of await source.journals()) {
    const journal = await source.view(key);
    if (!journal) continue;
    receipts.push(await copyJournal(journal, target, options));
    await journal.close();
  }
  return receipts;
}

async function requireSamePrefix(source: StoredJournal, copy: StoredJournal): Promise<void> {
  const shared = Math.min(source.length, copy.length);
  const [expected, found] = [await digestAt(source, shared), await copy.digest()];
  if (expected !== found) throw new JournalMismatchError(describeJournal(copy.key), shared, expected, found);
}

async function copyRange(
  source: StoredJournal,
  copy: StoredJournal,
  end: number,
  size: number,
): Promise<void> {
  if (copy.length >= end) return;
  let batch: JournalEntry[] = [];
  for await (const entry of source.read(copy.length, end)) {
    batch.push(entry);
    if (batch.length < size) continue;
    await copy.append(batch);
    batch = [];
  }
  await copy.append(batch);
}
