import {
  type AppendReceipt,
  BLOCK_ENTRIES,
  canonicalJson,
  describeJournal,
  isShortfallError,
  type JournalBlock,
  type JournalEntry,
  type JournalHeader,
  type JournalKey,
  type Posting,
  requireStorable,
  type SnapshotMark,
  StoreClosedError,
  StoreConflictError,
  StoreCorruptError,
  type StoredJournal,
  type StoredSnapshot,
  StoreFailedError,
} from "@shortfall/core";
import { batchLines, requireRange } from "../batch.js";
import { HashChain } from "../hash-chain.js";
import { Turns } from "../turns.js";
import { insertRows, selectRows } from "./bulk.js";
import type { SqlConnection, SqlSession } from "./connection.js";
import {
  ENTRY_COLUMNS,
  entryFields,
  entryOf,
  POSTING_COLUMNS,
  postingFields,
  postingOf,
  type Tables,
} from "./tables.js";

/** Entries read in one go. */
const PAGE = 4096;

/** What a journal in tables is opened with. */
export interface SqlJournalPlace {
  readonly connection: SqlConnection;
  readonly tables: Tables;
  readonly market: number;
  readonly key: JournalKey;
  readonly header: JournalHeader;
  readonly length: number;
  readonly digest: string;
  readonly writes: boolean;
  /** Called when it is closed, so that its store need not keep it. */
  readonly onClose: (journal: SqlJournal) => void;
}

/** A journal in a partition. Made by `PostgresStore`. */
export class SqlJournal implements StoredJournal {
  readonly key: JournalKey;
  readonly header: JournalHeader;
  readonly #place: SqlJournalPlace;
  readonly #chain: HashChain;
  readonly #turns = new Turns();
  #length: number;
  #digest: string;
  #failed: Error | undefined;
  #closed = false;

  private constructor(place: SqlJournalPlace, chain: HashChain) {
    this.key = place.key;
    this.header = place.header;
    this.#place = place;
    this.#chain = chain;
    this.#length = place.length;
    this.#digest = place.digest;
  }

  static async open(place: SqlJournalPlace): Promise<SqlJournal> {
    const sealed = Math.floor(place.length / BLOCK_ENTRIES);
    const rows = await place.connection.transaction((session) =>
      selectRows(
        session,
        ["block_index", "first_entry", "entry_count", "previous_digest", "digest"],
        `FROM ${place.tables.blocks} WHERE market = ${place.market} AND block_index < ${sealed} ORDER BY block_index`,
      ),
    );
    const blocks = rows.map(blockOf);
    const wrong = blocks.findIndex(
      (block, k) => block.index !== k || block.first !== k * BLOCK_ENTRIES || block.count !== BLOCK_ENTRIES,
    );
    if (wrong >= 0 || blocks.length !== sealed) {
      const at = wrong >= 0 ? wrong : blocks.length;
      throw new StoreCorruptError(
        describeJournal(place.key),
        `block ${at}`,
        "it is missing or not where it belongs",
      );
    }
    const journal = new SqlJournal(place, new HashChain(place.header, blocks));
    await journal.#resume();
    return journal;
  }

  get length(): number {
    return this.#length;
  }

  /** The number that its rows stand under. */
  get market(): number {
    return this.#place.market;
  }

  append(entries: readonly JournalEntry[]): Promise<AppendReceipt> {
    return this.#turns.take(async () => {
      this.#requireWriter();
      const lines = batchLines(this.key, this.#length, entries);
      if (lines.length > 0)
        await this.#guard("be written", (session) => this.#write(session, entries, lines));
      this.#length = this.#chain.length;
      this.#digest = this.#chain.digest();
      return { length: this.#length, digest: this.#digest };
    });
  }

  /**
   * Appends entries and a snapshot after them, with whatever rows `also` writes, in one transaction: all of it is
   * there afterwards or nothing. An error of `also` takes everything back; the journal must be opened again then.
   *
   * @throws as `append`.
   */
  appendWith(
    entries: readonly JournalEntry[],
    snapshot: Uint8Array,
    also: (session: SqlSession, receipt: AppendReceipt) => Promise<void>,
  ): Promise<AppendReceipt> {
    return this.#turns.take(async () => {
      this.#requireWriter();
      const lines = batchLines(this.key, this.#length, entries);
      await this.#guard("be written", async (session) => {
        await this.#write(session, entries, lines);
        const receipt = { length: this.#chain.length, digest: this.#chain.digest() };
        await this.#writeSnapshot(session, { sequence: receipt.length, digest: receipt.digest }, snapshot);
        await also(session, receipt);
      });
      this.#length = this.#chain.length;
      this.#digest = this.#chain.digest();
      return { length: this.#length, digest: this.#digest };
    });
  }

  read(first = 0, end = this.#length): AsyncIterable<JournalEntry> {
    this.#requireOpen();
    requireRange(this.key, first, end, this.#length);
    return this.#entries(first, end);
  }

  async blocks(): Promise<readonly JournalBlock[]> {
    return this.#turns.take(async () => {
      this.#requireOpen();
      return this.#chain.blocks();
    });
  }

  async digest(): Promise<string> {
    return this.#turns.take(async () => {
      this.#requireOpen();
      return this.#digest;
    });
  }

  putSnapshot(bytes: Uint8Array): Promise<SnapshotMark> {
    return this.#turns.take(async () => {
      this.#requireWriter();
      const mark = { sequence: this.#length, digest: this.#digest };
      await this.#guard("store a snapshot", async (session) => {
        await this.#requireTip(session);
        await this.#writeSnapshot(session, mark, bytes);
      });
      return mark;
    });
  }

  async snapshots(): Promise<readonly SnapshotMark[]> {
    this.#requireOpen();
    const { connection, tables, market } = this.#place;
    const rows = await connection.transaction((session) =>
      session.query(
        `SELECT sequence, digest FROM ${tables.snapshots} WHERE market = $1 AND sequence <= $2 ORDER BY sequence`,
        [market, this.#length],
      ),
    );
    return rows.map((row) => ({ sequence: Number(row.sequence), digest: String(row.digest) }));
  }

  async snapshot(sequence = this.#length): Promise<StoredSnapshot | undefined> {
    const mark = (await this.snapshots()).filter((found) => found.sequence <= sequence).at(-1);
    if (!mark) return undefined;
    const { connection, tables, market } = this.#place;
    const [row] = await connection.transaction((session) =>
      session.query(`SELECT state FROM ${tables.snapshots} WHERE market = $1 AND sequence = $2`, [
        market,
        mark.sequence,
      ]),
    );
    const bytes = row?.state;
    if (!(bytes instanceof Uint8Array)) throw this.#corrupt(`snapshot ${mark.sequence}`, "it has no bytes");
    return { ...mark, bytes: new Uint8Array(bytes) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.idle();
    this.#place.onClose(this);
  }

  /** Hashes the entries after the last whole block and compares with what the last batch left. */
  async #resume(): Promise<void> {
    const from = this.#chain.length;
    for await (const entry of this.#entries(from, this.#length)) this.#chain.add(canonicalJson(entry));
    if (this.#chain.digest() !== this.#digest) {
      throw this.#corrupt(`entries from ${from}`, "their digest is not the committed one");
    }
  }

  async #write(
    session: SqlSession,
    entries: readonly JournalEntry[],
    lines: readonly string[],
  ): Promise<void> {
    const { tables, market } = this.#place;
    await this.#requireTip(session);
    const blocks = lines.map((line) => this.#chain.add(line)).filter((block) => block !== undefined);
    await insertRows(
      session,
      tables.entries,
      ENTRY_COLUMNS,
      entries.map((entry) => entryFields(market, entry)),
    );
    await insertRows(
      session,
      tables.postings,
      POSTING_COLUMNS,
      entries.flatMap((entry) =>
        entry.postings.map((posting, side) => postingFields(market, entry.sequence, side, posting)),
      ),
    );
    await insertRows(
      session,
      tables.blocks,
      ["market", "block_index", "first_entry", "entry_count", "previous_digest", "digest"],
      blocks.map((block) => [market, block.index, block.first, block.count, block.previous, block.digest]),
    );
    await session.query(`UPDATE ${tables.markets} SET length = $2, digest = $3 WHERE market = $1`, [
      market,
      this.#length + entries.length,
      this.#chain.digest(),
    ]);
  }

  async #writeSnapshot(session: SqlSession, mark: SnapshotMark, bytes: Uint8Array): Promise<void> {
    const { tables, market } = this.#place;
    const { sequence, digest } = mark;
    await session.query(`DELETE FROM ${tables.snapshots} WHERE market = $1 AND sequence = $2`, [
      market,
      sequence,
    ]);
    await session.query(
      `INSERT INTO ${tables.snapshots} (market, sequence, digest, state) VALUES ($1, $2, $3, $4)`,
      [market, sequence, digest, bytes],
    );
  }

  /** Locks the market's row: who comes second waits here, and then sees that the journal has moved on. */
  async #requireTip(session: SqlSession): Promise<void> {
    const { tables, market } = this.#place;
    const [row] = await session.query(
      `SELECT length, digest FROM ${tables.markets} WHERE market = $1 FOR UPDATE`,
      [market],
    );
    const found = Number(row?.length ?? -1);
    if (found !== this.#length || row?.digest !== this.#digest) {
      throw new StoreConflictError(describeJournal(this.key), this.#length, found);
    }
  }

  async *#entries(first: number, end: number): AsyncGenerator<JournalEntry> {
    for (let at = first; at < end; at += PAGE) {
      const to = Math.min(at + PAGE, end);
      const page = await this.#page(at, to);
      for (const [index, entry] of page.entries()) {
        if (entry.sequence !== at + index) throw this.#corrupt(`entry ${at + index}`, "it is missing");
        this.#requireEntry(entry);
        yield entry;
      }
      if (page.length < to - at) throw this.#corrupt(`entry ${at + page.length}`, "it is missing");
    }
  }

  async #page(first: number, end: number): Promise<JournalEntry[]> {
    const { connection, tables, market } = this.#place;
    const where = `WHERE market = ${market} AND sequence >= ${first} AND sequence < ${end}`;
    const [entries, postings] = await connection.transaction(async (session) => [
      await selectRows(session, ENTRY_COLUMNS, `FROM ${tables.entries} ${where} ORDER BY sequence`),
      await selectRows(session, POSTING_COLUMNS, `FROM ${tables.postings} ${where} ORDER BY sequence, side`),
    ]);
    let next = 0;
    const page = entries.map((row) => {
      const own: Posting[] = [];
      for (; postings[next]?.[1] === row[1]; next++) own.push(postingOf(postings[next]!));
      return entryOf(row, own);
    });
    if (next < postings.length)
      throw this.#corrupt(`postings of ${postings[next]![1]}`, "they have no entry");
    return page;
  }

  #requireEntry(entry: JournalEntry): void {
    try {
      requireStorable(entry);
    } catch (error) {
      if (!isShortfallError(error)) throw error;
      throw new StoreCorruptError(
        describeJournal(this.key),
        `entry ${entry.sequence}`,
        `it is no entry: ${error.message}`,
        {
          cause: error,
        },
      );
    }
  }

  async #guard(action: string, work: (session: SqlSession) => Promise<void>): Promise<void> {
    try {
      await this.#place.connection.transaction(work);
    } catch (error) {
      // The answer to a commit may be lost though it was made; opening the journal again shows it.
      this.#failed = isShortfallError(error)
        ? error
        : new StoreFailedError(describeJournal(this.key), action, { cause: error });
      throw this.#failed;
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new StoreClosedError(describeJournal(this.key), "closed");
    if (this.#failed) throw this.#failed;
  }

  #requireWriter(): void {
    this.#requireOpen();
    if (!this.#place.writes) throw new StoreClosedError(describeJournal(this.key), "open for reading only");
  }

  #corrupt(place: string, reason: string): StoreCorruptError {
    return new StoreCorruptError(describeJournal(this.key), place, reason);
  }
}

function blockOf(row: readonly (string | undefined)[]): JournalBlock {
  const [index, first, count, previous, digest] = row;
  return {
    index: Number(index),
    first: Number(first),
    count: Number(count),
    previous: previous ?? "",
    digest: digest ?? "",
  };
}
