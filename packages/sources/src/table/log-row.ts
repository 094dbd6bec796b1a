import type { SourceRecord } from "@shortfall/core";
import { SourceError } from "../errors.js";
import {
  type Cell,
  CellFault,
  hexBytes,
  isAbsent,
  show,
  topicList,
  truth,
  unixSeconds,
  wholeNumber,
} from "./cell.js";
import { type ColumnNames, type Columns, findColumns, LOG_SPELLINGS } from "./columns.js";

/** A log among the records of a source. */
export type LogRecord = SourceRecord & { readonly kind: "log" };

/** A row as its table has it. */
export interface Row {
  /** 1-based line of the file, or row of the table. */
  readonly number: number;
  readonly cells: readonly Cell[];
}

const TOPICS = ["topic0", "topic1", "topic2", "topic3"] as const;

/** Reads cells by field; every failure names file, line, column, what was expected and what came. */
export class RowReader {
  readonly file: string;
  readonly #names: readonly string[];
  readonly #columns: Columns;

  constructor(file: string, names: readonly string[], columns: Columns) {
    this.file = file;
    this.#names = names;
    this.#columns = columns;
  }

  has(field: string): boolean {
    return this.#columns.has(field);
  }

  cell(row: Row, field: string): Cell {
    const index = this.#columns.get(field);
    return index === undefined ? null : (row.cells[index] ?? null);
  }

  read<T>(row: Row, field: string, reading: (cell: Cell) => T): T {
    const cell = this.cell(row, field);
    try {
      return reading(cell);
    } catch (error) {
      if (!(error instanceof CellFault)) throw error;
      throw this.fault(row, field, error.expected, error.received, error.advice);
    }
  }

  /** Undefined where the column, or the value in it, is absent. */
  optional<T>(row: Row, field: string, reading: (cell: Cell) => T): T | undefined {
    return isAbsent(this.cell(row, field)) ? undefined : this.read(row, field, reading);
  }

  fault(row: Row, field: string, expected: string, received: string, advice?: string): SourceError {
    const column = this.#names[this.#columns.get(field) ?? -1] ?? field;
    return new SourceError({
      file: this.file,
      line: row.number,
      field: column,
      expected,
      received,
      ...(advice === undefined ? {} : { advice }),
    });
  }
}

/** Where the rows of a table stand on the chain: what all tables of logs or events have. */
export const PLACE_FIELDS = ["blockNumber", "timestamp", "transactionHash", "logIndex"] as const;

/** Position of a row, with the number of the row for a line. @throws {SourceError} */
export function readPlace(reader: RowReader, row: Row, chainId: string | undefined): LogRecord["position"] {
  const chain = reader.optional(row, "chainId", wholeNumber);
  if (chain !== undefined && chainId !== undefined && String(chain) !== chainId) {
    throw reader.fault(row, "chainId", `chain ${chainId}, as the header says`, `chain ${chain}`);
  }
  const transactionIndex = reader.optional(row, "transactionIndex", wholeNumber);
  return {
    block: reader.read(row, "blockNumber", wholeNumber),
    timestamp: reader.read(row, "timestamp", unixSeconds),
    transaction: reader.read(row, "transactionHash", (cell) => hexBytes(cell, 32)),
    ...(transactionIndex === undefined ? {} : { transactionIndex }),
    line: row.number,
    logIndex: reader.read(row, "logIndex", wholeNumber),
  };
}

/** Reads rows that are logs as chains have them: topics and data. */
export class LogRowReader {
  /** The columns that are read; others may be left out of rows. */
  readonly used: Columns;
  readonly #reader: RowReader;
  readonly #chainId: string | undefined;

  /** @throws {SourceError} the columns of a log are not there. */
  constructor(
    names: readonly string[],
    options: { readonly file: string; readonly chainId?: string | undefined; readonly given?: ColumnNames },
  ) {
    const { file, chainId, given = {} } = options;
    const required = [...PLACE_FIELDS, "address", ["topic0", "topics"], "data"];
    const columns = findColumns(names, LOG_SPELLINGS, required, { file, line: 1, given });
    this.used = columns;
    this.#reader = new RowReader(file, names, columns);
    this.#chainId = chainId;
  }

  /** @throws {SourceError} naming line and column. */
  read(row: Row): LogRecord {
    const reader = this.#reader;
    const position = readPlace(reader, row, this.#chainId);
    const blockHash = reader.optional(row, "blockHash", (cell) => hexBytes(cell, 32));
    return {
      kind: "log",
      position,
      log: {
        address: reader.read(row, "address", (cell) => hexBytes(cell, 20)),
        topics: this.#topics(row),
        data: reader.read(row, "data", hexBytes),
        logIndex: position.logIndex!,
      },
      removed: reader.optional(row, "removed", truth) ?? false,
      ...(blockHash === undefined ? {} : { blockHash }),
    };
  }

  #topics(row: Row): readonly string[] {
    const reader = this.#reader;
    const single = reader.has("topic0") ? this.#singleTopics(row) : undefined;
    if (!reader.has("topics")) return single ?? [];
    const list = reader.read(row, "topics", topicList);
    if (single !== undefined && single.join() !== list.join()) {
      throw reader.fault(
        row,
        "topics",
        `${single.length} topics as in the columns of their own`,
        `${list.length} others`,
      );
    }
    return list;
  }

  #singleTopics(row: Row): string[] {
    const reader = this.#reader;
    const cells = TOPICS.map((field) => reader.optional(row, field, (cell) => hexBytes(cell, 32)));
    const count = cells.indexOf(undefined);
    const topics = count < 0 ? cells : cells.slice(0, count);
    const late = count < 0 ? -1 : cells.findIndex((topic, k) => k > count && topic !== undefined);
    if (late >= 0) {
      throw reader.fault(
        row,
        TOPICS[count]!,
        "a topic, as there is one after it",
        show(reader.cell(row, TOPICS[count]!)),
      );
    }
    return topics as string[];
  }
}
