import {
  canonicalJson,
  describeJournal,
  digestValue,
  isShortfallError,
  type JournalHeader,
  type JournalKey,
  type JournalStore,
  StoreFailedError,
  StoreHeaderError,
} from "@shortfall/core";
import { requireKey } from "../batch.js";
import { byChainAndMarket } from "../journal-order.js";
import type { SqlConnection, SqlRow, SqlSession } from "./connection.js";
import { SqlJournal } from "./sql-journal.js";
import { createPartitions, createTables, type Tables, tablesOf } from "./tables.js";

export interface PostgresStoreOptions {
  /** Schema of the tables; `shortfall` where absent. Made if it is not there. */
  readonly schema: string;
  /** A partition a market; true where absent. Leave them out on engines whose partitions are their own. */
  readonly partitions: boolean;
}

/** Journals in PostgreSQL, or in PGlite: a partition a market, amounts as `numeric(78,0)`. */
export class PostgresStore implements JournalStore {
  readonly kind = "postgres";
  readonly #connection: SqlConnection;
  readonly #tables: Tables;
  readonly #open = new Set<SqlJournal>();

  private constructor(connection: SqlConnection, tables: Tables) {
    this.#connection = connection;
    this.#tables = tables;
  }

  /** Makes the tables if they are not there. The store closes the connection. */
  static async on(
    connection: SqlConnection,
    { schema = "shortfall", partitions = true }: Partial<PostgresStoreOptions> = {},
  ): Promise<PostgresStore> {
    const tables = tablesOf(schema, partitions);
    const [found] = await connection.transaction((session) =>
      session.query("SELECT count(*) AS tables FROM information_schema.tables WHERE table_schema = $1", [
        schema,
      ]),
    );
    // Only the first needs the right to create, and none may wait for another's lock on the catalogue.
    if (Number(found?.tables) === 0) {
      await connection.transaction(async (session) => {
        for (const statement of createTables(tables)) await session.query(statement);
      });
    }
    return new PostgresStore(connection, tables);
  }

  async open(key: JournalKey, header: JournalHeader): Promise<SqlJournal> {
    requireKey(key);
    const row = (await this.#find(key)) ?? (await this.#begin(key, header));
    const [stored, given] = [String(row.header), canonicalJson(header)];
    if (stored !== given) throw new StoreHeaderError(describeJournal(key), stored, given);
    return this.#keep(key, row, true);
  }

  async view(key: JournalKey): Promise<SqlJournal | undefined> {
    requireKey(key);
    const row = await this.#find(key);
    return row && this.#keep(key, row, false);
  }

  async journals(): Promise<readonly JournalKey[]> {
    const rows = await this.#connection.transaction((session) =>
      session.query(`SELECT chain, name FROM ${this.#tables.markets}`),
    );
    return rows.map((row) => ({ chain: String(row.chain), market: String(row.name) })).sort(byChainAndMarket);
  }

  async close(): Promise<void> {
    for (const journal of this.#open) await journal.close();
    this.#open.clear();
    await this.#connection.close();
  }

  async #keep(key: JournalKey, row: SqlRow, writes: boolean): Promise<SqlJournal> {
    const journal = await SqlJournal.open({
      connection: this.#connection,
      tables: this.#tables,
      market: Number(row.market),
      key: { chain: key.chain, market: key.market },
      header: JSON.parse(String(row.header)) as JournalHeader,
      length: Number(row.length),
      digest: String(row.digest),
      writes,
      onClose: (closed) => this.#open.delete(closed),
    });
    this.#open.add(journal);
    return journal;
  }

  #find(key: JournalKey): Promise<SqlRow | undefined> {
    return this.#connection.transaction((session) => findMarket(session, this.#tables, key));
  }

  /** Two may begin a journal at once: one of them meets the other's row, and takes that. */
  async #begin(key: JournalKey, header: JournalHeader): Promise<SqlRow> {
    const tables = this.#tables;
    try {
      return await this.#connection.transaction(async (session) => {
        const [next] = await session.query(
          `SELECT coalesce(max(market), 0) + 1 AS market FROM ${tables.markets}`,
        );
        const row = {
          market: Number(next?.market),
          header: canonicalJson(header),
          length: 0,
          digest: digestValue(header),
        };
        await session.query(
          `INSERT INTO ${tables.markets} (market, chain, name, header, length, digest) VALUES ($1, $2, $3, $4, $5, $6)`,
          [row.market, key.chain, key.market, row.header, row.length, row.digest],
        );
        for (const statement of createPartitions(tables, row.market)) await session.query(statement);
        return row;
      });
    } catch (error) {
      if (isShortfallError(error)) throw error;
      const found = await this.#find(key);
      if (found) return found;
      throw new StoreFailedError(describeJournal(key), "be begun", { cause: error });
    }
  }
}

async function findMarket(session: SqlSession, tables: Tables, key: JournalKey): Promise<SqlRow | undefined> {
  const [row] = await session.query(
    `SELECT market, header, length, digest FROM ${tables.markets} WHERE chain = $1 AND name = $2`,
    [key.chain, key.market],
  );
  return row;
}
