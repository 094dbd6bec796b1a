import type { SqlConnection } from "../sql/connection.js";
import type { JobTables } from "./job-tables.js";

const NOW = "CAST(floor(extract(epoch FROM current_timestamp)) AS bigint)";

/** Says in a table that a worker lives, and finds those that no longer say so. Times are the database's. */
export class Heartbeat {
  readonly #connection: SqlConnection;
  readonly #tables: JobTables;
  readonly #worker: string;

  constructor(connection: SqlConnection, tables: JobTables, worker: string) {
    this.#connection = connection;
    this.#tables = tables;
    this.#worker = worker;
  }

  /** Says it once more. */
  async beat(): Promise<void> {
    const { workers } = this.#tables;
    await this.#connection.transaction(async (session) => {
      await session.query(`DELETE FROM ${workers} WHERE worker = $1`, [this.#worker]);
      await session.query(`INSERT INTO ${workers} (worker, seen) VALUES ($1, ${NOW})`, [this.#worker]);
    });
  }

  /** Workers that were not heard of for longer than `seconds`; one that was only slow says so again by and by. */
  async silent(seconds: number): Promise<readonly string[]> {
    const rows = await this.#connection.transaction((session) =>
      session.query(
        `SELECT worker FROM ${this.#tables.workers} WHERE seen < ${NOW} - CAST($1 AS bigint) AND worker <> $2 ORDER BY worker`,
        [seconds, this.#worker],
      ),
    );
    return rows.map((row) => String(row.worker));
  }

  /** Takes workers out of the table. */
  async forget(workers: readonly string[]): Promise<void> {
    await this.#connection.transaction(async (session) => {
      for (const worker of workers) {
        await session.query(`DELETE FROM ${this.#tables.workers} WHERE worker = $1`, [worker]);
      }
    });
  }

  /** Takes itself out: it ends in good order. */
  async end(): Promise<void> {
    await this.forget([this.#worker]);
  }
}
