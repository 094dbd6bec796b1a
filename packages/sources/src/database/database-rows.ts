import { SourceError } from "../errors.js";
import { type ColumnNames, plainName } from "../table/columns.js";
import { type LogRecord, LogRowReader, type Row } from "../table/log-row.js";
import { refuseOther } from "../table/row-skip.js";
import type { LogRows, RowMark } from "../table/table-rows.js";
import type { TableConnection } from "./connection.js";
import { type EventEncoder, eventEncoders } from "./event-encoder.js";
import { EventRowReader } from "./event-row.js";
import { OrderedRows } from "./ordered-rows.js";
import { type KeyColumns, Relation } from "./relation.js";

const PAGE = 1000;

export interface DatabaseRowsOptions {
  /** Tables or views; several are read as one, by block and log index. */
  readonly tables: readonly string[];
  /** Events of the protocol, as its adapter declares them: for tables of decoded events. */
  readonly events?: readonly string[] | undefined;
  readonly chainId?: string | undefined;
  /** The contract of decoded events whose table does not name it. */
  readonly address?: string | undefined;
  readonly columns?: ColumnNames | undefined;
  /** Rows that are asked for at once. 1,000 unless given. */
  readonly pageRows?: number | undefined;
}

/** A table with what its rows become. */
interface LogTable {
  readonly rows: OrderedRows;
  readonly read: (row: Row) => LogRecord;
}

/**
 * Logs in tables of PostgreSQL: decoded events in the shape that Ponder writes, with amounts as `numeric(78,0)` and hex
 * as text, or logs with topics and data. One reading sees one state of the database, whatever is written meanwhile.
 */
export class DatabaseRows implements LogRows {
  readonly file: string;
  readonly isFile = false;
  readonly #connection: TableConnection;
  readonly #options: DatabaseRowsOptions;

  constructor(connection: TableConnection, options: DatabaseRowsOptions) {
    this.#connection = connection;
    this.#options = options;
    this.file = `table ${options.tables.join(", ")}`;
  }

  async *read(after: RowMark | undefined): AsyncGenerator<readonly LogRecord[], undefined> {
    const { tables, events = [] } = this.#options;
    await this.#connection.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    try {
      const encoders = await eventEncoders(events);
      const opened: LogTable[] = [];
      for (const table of tables) opened.push(await this.#open(table, encoders));
      if (after !== undefined) await this.#refuseChanged(opened, after);
      yield* merged(opened.map((table) => logsOf(table, after, this.#options.pageRows ?? PAGE)));
    } finally {
      await this.#connection.query("COMMIT");
    }
    return undefined;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #open(table: string, encoders: readonly EventEncoder[]): Promise<LogTable> {
    const { chainId, address, columns: given = {} } = this.#options;
    const relation = await Relation.open(this.#connection, table);
    const names = relation.columns.map(({ name }) => name);
    const file = `table ${relation.name}`;
    if (isRaw(names, given)) {
      const reader = new LogRowReader(names, { file, chainId, given });
      const key = { block: reader.used.get("blockNumber")!, logIndex: reader.used.get("logIndex")! };
      return this.#table(relation, key, [...new Set(reader.used.values())], (row) => reader.read(row));
    }
    if (encoders.length === 0) {
      throw new SourceError({
        file,
        line: 0,
        field: "events",
        expected: "columns of topics and data, or a protocol that declares its events",
        received: names.join(", "),
        advice: "Decoded events are made into logs again, for which their declarations are needed.",
      });
    }
    const reader = new EventRowReader(names, {
      file,
      table: relation.name,
      encoders,
      chainId,
      address,
      given,
    });
    return this.#table(relation, reader.place, reader.used, (row) => reader.read(row));
  }

  async #table(
    relation: Relation,
    key: KeyColumns,
    used: readonly number[],
    read: LogTable["read"],
  ): Promise<LogTable> {
    await relation.check(used, key);
    return { rows: new OrderedRows(relation, key, used), read };
  }

  async #refuseChanged(tables: readonly LogTable[], mark: RowMark): Promise<void> {
    for (const { rows, read } of tables) {
      const found = (await rows.at(mark)).map((cells) => read({ number: mark.rows, cells }));
      const same = found.find(({ position }) => position.transaction === mark.transaction);
      if (same) return;
    }
    refuseOther(mark, undefined, this.file);
  }
}

const isRaw = (names: readonly string[], given: ColumnNames): boolean => {
  const plain = new Set([...names.map(plainName), ...Object.keys(given).map(plainName)]);
  return plain.has("data") && (plain.has("topic0") || plain.has("topics"));
};

async function* logsOf(
  { rows, read }: LogTable,
  after: RowMark | undefined,
  page: number,
): AsyncGenerator<LogRecord> {
  // A mark stands at the end of its block, and indices are not negative.
  const start = after && { block: after.block + 1, logIndex: -1 };
  let number = after?.rows ?? 0;
  for await (const found of rows.pages(start, page)) {
    for (const cells of found) yield read({ number: ++number, cells });
  }
}

/** One stream of several, each in order. */
async function* merged(streams: readonly AsyncGenerator<LogRecord>[]): AsyncGenerator<readonly LogRecord[]> {
  const heads: { readonly stream: AsyncGenerator<LogRecord>; record: LogRecord }[] = [];
  for (const stream of streams) {
    const first = await stream.next();
    if (!first.done) heads.push({ stream, record: first.value });
  }
  let batch: LogRecord[] = [];
  while (heads.length > 0) {
    const least = heads.reduce((best, head) => (isBefore(head.record, best.record) ? head : best));
    batch.push(least.record);
    const next = await least.stream.next();
    if (next.done) heads.splice(heads.indexOf(least), 1);
    else least.record = next.value;
    if (batch.length < PAGE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const isBefore = ({ position: a }: LogRecord, { position: b }: LogRecord): boolean =>
  a.block < b.block || (a.block === b.block && a.logIndex! < b.logIndex!);
