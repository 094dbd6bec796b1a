import {
  type AppendReceipt,
  BLOCK_ENTRIES,
  describeJournal,
  type Journal,
  type JournalEntry,
  type JournalKey,
  readEntryLine,
  type SealedBlock,
  type StoredJournal,
} from "@shortfall/core";
import { JournalMismatchError } from "./errors.js";
import { HashChain } from "./hash-chain.js";
import { Turns } from "./turns.js";

const BATCH = 4096;

/** What a writer keeps a stored journal up with. */
export interface WriterOptions {
  /** Entries a batch, and so entries that may be lost with the process. */
  readonly batchEntries: number;
  /** Entries between snapshots. None where absent. */
  readonly snapshotEvery: number;
  /** The state after all entries so far, in the caller's encoding. */
  readonly state: () => Uint8Array;
}

/** Keeps a stored journal up with one in memory. Blocks that are sealed wait here until they are stored. */
export class JournalWriter {
  readonly #journal: Journal;
  readonly #stored: StoredJournal;
  readonly #options: Partial<WriterOptions>;
  readonly #turns = new Turns();
  #waiting: SealedBlock[];
  #snapshot: number;

  private constructor(
    journal: Journal,
    stored: StoredJournal,
    options: Partial<WriterOptions>,
    snapshot: number,
  ) {
    this.#journal = journal;
    this.#stored = stored;
    this.#options = options;
    this.#snapshot = snapshot;
    this.#waiting = journal
      .texts(Math.floor(stored.length / BLOCK_ENTRIES))
      .filter((block) => block.index < journal.sealed);
    journal.handOn((block) => this.#waiting.push(block));
  }

  /**
   * @throws {JournalMismatchError} what is stored is not the beginning of the journal.
   * @throws {EntriesReleasedError} what follows it is not in memory any more.
   */
  static async on(
    journal: Journal,
    stored: StoredJournal,
    options: Partial<WriterOptions> = {},
  ): Promise<JournalWriter> {
    requireBeginning(journal, stored.length, await stored.digest(), stored.key);
    return new JournalWriter(journal, stored, options, (await stored.snapshots()).at(-1)?.sequence ?? 0);
  }

  /** Stores what is not stored yet, and a snapshot when one is due. Call it between actions. */
  write(): Promise<AppendReceipt> {
    return this.#turns.take(() => this.#write());
  }

  async #write(): Promise<AppendReceipt> {
    const { batchEntries = BATCH, snapshotEvery, state } = this.#options;
    const entries = this.#unstored();
    const end = this.#stored.length + entries.length;
    const due = state && snapshotEvery !== undefined && end - this.#snapshot >= snapshotEvery;
    // Now: by the time the entries are stored, the state may have moved on.
    const bytes = due ? state() : undefined;
    let receipt = await this.#stored.append(entries.slice(0, batchEntries));
    for (let at = batchEntries; at < entries.length; at += batchEntries) {
      receipt = await this.#stored.append(entries.slice(at, at + batchEntries));
    }
    if (bytes) this.#snapshot = (await this.#stored.putSnapshot(bytes)).sequence;
    this.#waiting = this.#waiting.filter((block) => block.first + block.count > this.#stored.length);
    return receipt;
  }

  #unstored(): JournalEntry[] {
    const from = this.#stored.length;
    return [...this.#waiting, ...this.#journal.texts(this.#journal.sealed)].flatMap(({ first, text }) =>
      text
        .split("\n")
        .slice(Math.max(0, from - first))
        .map(readEntryLine),
    );
  }
}

function requireBeginning(journal: Journal, length: number, found: string, key: JournalKey): void {
  const entries = journal.length;
  const expected =
    length > entries ? `of ${entries} entries, ${journal.digest()}` : digestOf(journal, length);
  if (expected !== found) throw new JournalMismatchError(describeJournal(key), length, expected, found);
}

/** Digest of the first entries of a journal in memory. */
function digestOf(journal: Journal, length: number): string {
  const sealed = Math.floor(length / BLOCK_ENTRIES);
  const chain = new HashChain(journal.header, journal.blocks().slice(0, sealed));
  const [block] = length > chain.length ? journal.texts(sealed) : [];
  for (const line of block?.text.split("\n").slice(0, length - chain.length) ?? []) chain.add(line);
  return chain.digest();
}
