import { describeJournal, type JournalKey } from "@shortfall/core";
import type { SqlConnection, SqlRow, SqlSession } from "../sql/connection.js";
import { RangePlanError } from "./errors.js";
import { createJobTables, type JobTables, jobTablesOf } from "./job-tables.js";

/** Blocks of a market that are replayed in one go, both ends included. */
export interface BlockRange {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** What applying a range left. */
export interface AppliedRange {
  /** Entries of the journal up to here. */
  readonly length: number;
  /** Digest of them. */
  readonly digest: string;
  /** SHA-256 of the snapshot's bytes: the result of the job. */
  readonly snapshot: string;
  readonly worker: string;
}

export interface PlannedRange extends BlockRange {
  /** Where workers find the history: a path or an address that all of them understand. */
  readonly source: string;
  /** Undefined while it waits. */
  readonly applied: AppliedRange | undefined;
}

/** The ranges to replay and those that were, market by market. */
export class RangePlan {
  readonly tables: JobTables;
  readonly #connection: SqlConnection;

  private constructor(connection: SqlConnection, tables: JobTables) {
    this.#connection = connection;
    this.tables = tables;
  }

  /** Makes the tables if they are not there, in the schema of a `PostgresStore`, which must have been opened before. */
  static async on(connection: SqlConnection, schema = "shortfall"): Promise<RangePlan> {
    const tables = jobTablesOf(schema);
    const [found] = await connection.transaction((session) =>
      session.query(
        "SELECT count(*) AS tables FROM information_schema.tables WHERE table_schema = $1 AND table_name = 'workers'",
        [schema],
      ),
    );
    if (Number(found?.tables) === 0) {
      await connection.transaction(async (session) => {
        for (const statement of createJobTables(tables)) await session.query(statement);
      });
    }
    return new RangePlan(connection, tables);
  }

  /**
   * Plans the ranges of a market that are not planned yet; those that are stay as they are.
   *
   * @throws {RangePlanError} they do not follow the planned ones, or are of another source.
   */
  add(key: JournalKey, source: string, ranges: readonly BlockRange[]): Promise<readonly BlockRange[]> {
    return this.#connection.transaction(async (session) => {
      const planned = await this.#select(session, key);
      const added = newRanges(key, source, ranges, planned);
      for (const { fromBlock, toBlock } of added) {
        await session.query(
          `INSERT INTO ${this.tables.ranges} (chain, name, from_block, to_block, source) VALUES ($1, $2, $3, $4, $5)`,
          [key.chain, key.market, fromBlock, toBlock, source],
        );
      }
      return added;
    });
  }

  /** The market's ranges in order of blocks. */
  ranges(key: JournalKey): Promise<readonly PlannedRange[]> {
    return this.#connection.transaction((session) => this.#select(session, key));
  }

  /** Markets that have ranges, by chain and name. */
  async markets(): Promise<readonly JournalKey[]> {
    const rows = await this.#connection.transaction((session) =>
      session.query(
        `SELECT chain, name FROM ${this.tables.ranges} GROUP BY chain, name ORDER BY chain, name`,
      ),
    );
    return rows.map((row) => ({ chain: String(row.chain), market: String(row.name) }));
  }

  async #select(session: SqlSession, key: JournalKey): Promise<readonly PlannedRange[]> {
    const name = [key.chain, key.market];
    const rows = await session.query(
      `SELECT from_block, to_block, source FROM ${this.tables.ranges} WHERE chain = $1 AND name = $2 ORDER BY from_block`,
      name,
    );
    const done = await session.query(
      `SELECT a.from_block, a.length, a.digest, a.snapshot, a.worker FROM ${this.tables.applied} a JOIN ${this.tables.markets} m ON m.market = a.market WHERE m.chain = $1 AND m.name = $2`,
      name,
    );
    const applied = new Map(done.map((row) => [Number(row.from_block), appliedOf(row)]));
    return rows.map((row) => ({
      fromBlock: Number(row.from_block),
      toBlock: Number(row.to_block),
      source: String(row.source),
      applied: applied.get(Number(row.from_block)),
    }));
  }
}

const appliedOf = (row: SqlRow): AppliedRange => ({
  length: Number(row.length),
  digest: String(row.digest),
  snapshot: String(row.snapshot),
  worker: String(row.worker),
});

/** Those beyond the planned ones; a range that reaches over their end is cut there. */
function newRanges(
  key: JournalKey,
  source: string,
  ranges: readonly BlockRange[],
  planned: readonly PlannedRange[],
): readonly BlockRange[] {
  const market = describeJournal(key);
  const other = planned.find((range) => range.source !== source);
  if (other) throw new RangePlanError(market, "source", other.source, source);
  let end = planned.at(-1)?.toBlock;
  const added: BlockRange[] = [];
  for (const { fromBlock, toBlock } of ranges) {
    const next = end === undefined ? fromBlock : end + 1;
    if (toBlock < next && added.length === 0) continue;
    if (fromBlock > next || toBlock < next || toBlock < fromBlock) {
      throw new RangePlanError(
        market,
        "range",
        `one that begins at block ${next}`,
        `${fromBlock}-${toBlock}`,
      );
    }
    added.push({ fromBlock: next, toBlock });
    end = toBlock;
  }
  return added;
}
