import type { SqlConnection, SqlRow, SqlSession } from "./connection.js";

/** What is used of a PGlite database, so that the package need not be installed. */
export interface PgliteDatabase {
  transaction<T>(work: (transaction: PgliteTransaction) => Promise<T>): Promise<T | undefined>;
}

export interface PgliteTransaction {
  query<R>(
    text: string,
    values?: unknown[],
    options?: { blob?: Blob },
  ): Promise<{ readonly rows: R[]; readonly blob?: Blob }>;
}

/**
 * Uses an open PGlite database, PostgreSQL in the process: for tests and demonstrations. It takes about a gigabyte of
 * memory and reads slower than a server. Closing the connection leaves the database open.
 */
export function connectPglite(database: PgliteDatabase): SqlConnection {
  return {
    async transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
      const results: T[] = [];
      await database.transaction(async (transaction) => {
        results.push(await work(new PgliteSession(transaction)));
      });
      return results[0]!;
    },
    close: async () => undefined,
  };
}

class PgliteSession implements SqlSession {
  readonly #transaction: PgliteTransaction;

  constructor(transaction: PgliteTransaction) {
    this.#transaction = transaction;
  }

  async query(text: string, values: readonly unknown[] = []): Promise<readonly SqlRow[]> {
    return (await this.#transaction.query<SqlRow>(text, [...values])).rows;
  }

  async copyIn(target: string, rows: string): Promise<void> {
    await this.#transaction.query(`COPY ${target} FROM '/dev/blob'`, [], { blob: new Blob([rows]) });
  }

  async copyOut(select: string): Promise<string> {
    const { blob } = await this.#transaction.query(`COPY (${select}) TO '/dev/blob'`);
    return blob ? await blob.text() : "";
  }
}
