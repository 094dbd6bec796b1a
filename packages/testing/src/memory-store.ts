import {
  type AppendReceipt,
  canonicalJson,
  describeJournal,
  Journal,
  type JournalBlock,
  type JournalEntry,
  type JournalHeader,
  type JournalKey,
  type JournalStore,
  requireStorable,
  type SnapshotMark,
  StoreClosedError,
  type StoredJournal,
  type StoredSnapshot,
  StoreHeaderError,
  StoreLockedError,
  StoreRangeError,
  StoreSequenceError,
} from "@shortfall/core";

/** What lasts between two stores on the same memory. */
export class MemoryDisk {
  readonly journals = new Map<string, MemoryFile>();
}

interface MemoryFile {
  readonly key: JournalKey;
  readonly journal: Journal;
  readonly snapshots: Map<number, StoredSnapshot>;
  writer: object | undefined;
}

/** The store written the obvious way, over core's journal: what other stores are compared with. Nothing is durable. */
export class MemoryStore implements JournalStore {
  readonly kind = "memory";
  readonly #disk: MemoryDisk;
  readonly #open: StoredJournal[] = [];

  constructor(disk: MemoryDisk = new MemoryDisk()) {
    this.#disk = disk;
  }

  async open(key: JournalKey, header: JournalHeader): Promise<StoredJournal> {
    const id = canonicalJson([key.chain, key.market]);
    const file: MemoryFile = this.#disk.journals.get(id) ?? {
      key,
      journal: new Journal(header, { tailBlocks: Infinity }),
      snapshots: new Map(),
      writer: undefined,
    };
    const [stored, given] = [canonicalJson(file.journal.header), canonicalJson(header)];
    if (stored !== given) throw new StoreHeaderError(describeJournal(key), stored, given);
    if (file.writer) throw new StoreLockedError(describeJournal(key), "another writer in this process");
    this.#disk.journals.set(id, file);
    const journal = new MemoryJournal(file, true);
    file.writer = journal;
    this.#open.push(journal);
    return journal;
  }

  async view(key: JournalKey): Promise<StoredJournal | undefined> {
    const file = this.#disk.journals.get(canonicalJson([key.chain, key.market]));
    if (!file) return undefined;
    const journal = new MemoryJournal(file, false);
    this.#open.push(journal);
    return journal;
  }

  async journals(): Promise<readonly JournalKey[]> {
    const rank = (key: JournalKey): string => `${key.chain}\u0000${key.market}`;
    return [...this.#disk.journals.values()]
      .map((file) => file.key)
      .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  }

  async close(): Promise<void> {
    for (const journal of this.#open) await journal.close();
  }
}

class MemoryJournal implements StoredJournal {
  readonly #file: MemoryFile;
  readonly #writes: boolean;
  readonly #seen: number;
  #closed = false;

  constructor(file: MemoryFile, writes: boolean) {
    this.#file = file;
    this.#writes = writes;
    this.#seen = file.journal.length;
  }

  get key(): JournalKey {
    return this.#file.key;
  }

  get header(): JournalHeader {
    return this.#file.journal.header;
  }

  get length(): number {
    return this.#writes ? this.#file.journal.length : this.#seen;
  }

  async append(entries: readonly JournalEntry[]): Promise<AppendReceipt> {
    this.#requireWriter();
    for (const [index, entry] of entries.entries()) {
      const expected = this.length + index;
      if (entry.sequence !== expected)
        throw new StoreSequenceError(describeJournal(this.key), expected, entry.sequence);
      requireStorable(entry);
    }
    for (const { sequence: _, ...draft } of entries) this.#file.journal.append(draft);
    return { length: this.length, digest: this.#file.journal.digest() };
  }

  read(first = 0, end = this.length): AsyncIterable<JournalEntry> {
    this.#requireOpen();
    const whole = Number.isSafeInteger(first) && Number.isSafeInteger(end);
    if (!whole || first < 0 || end < first || end > this.length)
      throw new StoreRangeError(describeJournal(this.key), first, end, this.length);
    return each(this.#file.journal.entries(first).slice(0, end - first));
  }

  async blocks(): Promise<readonly JournalBlock[]> {
    this.#requireOpen();
    return this.#now().blocks();
  }

  async digest(): Promise<string> {
    this.#requireOpen();
    return this.#now().digest();
  }

  async putSnapshot(bytes: Uint8Array): Promise<SnapshotMark> {
    this.#requireWriter();
    const mark = { sequence: this.length, digest: this.#file.journal.digest() };
    this.#file.snapshots.set(mark.sequence, { ...mark, bytes: bytes.slice() });
    return mark;
  }

  async snapshots(): Promise<readonly SnapshotMark[]> {
    this.#requireOpen();
    return this.#stored().map(({ sequence, digest }) => ({ sequence, digest }));
  }

  async snapshot(sequence = this.length): Promise<StoredSnapshot | undefined> {
    this.#requireOpen();
    return this.#stored()
      .filter((snapshot) => snapshot.sequence <= sequence)
      .at(-1);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#file.writer === this) this.#file.writer = undefined;
  }

  /** The journal as far as it is seen, built again: a reader does not follow the writer. */
  #now(): Journal {
    const journal = new Journal(this.header);
    for (const { sequence: _, ...draft } of this.#file.journal.entries().slice(0, this.length))
      journal.append(draft);
    return journal;
  }

  #stored(): StoredSnapshot[] {
    return [...this.#file.snapshots.values()]
      .filter((snapshot) => snapshot.sequence <= this.length)
      .sort((a, b) => a.sequence - b.sequence);
  }

  #requireOpen(): void {
    if (this.#closed) throw new StoreClosedError(describeJournal(this.key), "closed");
  }

  #requireWriter(): void {
    this.#requireOpen();
    if (!this.#writes) throw new StoreClosedError(describeJournal(this.key), "open for reading only");
  }
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
