import { openTable, readTableCursor } from "@shortfall/sources";
import type { SourceForm, SourceHistory, SourceSite } from "@shortfall/testing";
import type { SchemaElement } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { LogRecord } from "../../src/table/log-row.js";
import { besidesOf, logsOf, tablePages, writeTemporary } from "./storage.js";

export const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.slice(2), "hex"));

/** Columns of a table, with a schema where types must be said. */
export interface ParquetTable {
  readonly columns: ColumnSource[];
  readonly schema?: SchemaElement[];
}

type Spelling = (records: readonly LogRecord[]) => ParquetTable;

/** Text for hex, 64-bit numbers, microseconds. */
export const TEXT: Spelling = (records) => ({
  columns: [
    { name: "block_number", data: records.map(({ position }) => BigInt(position.block)), type: "INT64" },
    {
      name: "block_timestamp",
      data: records.map(({ position }) => new Date(position.timestamp * 1000)),
      type: "TIMESTAMP",
    },
    { name: "transaction_hash", data: records.map(({ position }) => position.transaction!), type: "STRING" },
    {
      name: "transaction_index",
      data: records.map(({ position }) => position.transactionIndex!),
      type: "INT32",
    },
    { name: "log_index", data: records.map(({ log }) => BigInt(log.logIndex)), type: "INT64" },
    { name: "address", data: records.map(({ log }) => log.address), type: "STRING" },
    ...[0, 1, 2, 3].map(
      (k): ColumnSource => ({
        name: `topic${k}`,
        data: records.map(({ log }) => log.topics[k]),
        type: "STRING",
        nullable: true,
      }),
    ),
    { name: "data", data: records.map(({ log }) => log.data), type: "STRING" },
    { name: "unused", data: records.map(() => 0.5), type: "DOUBLE" },
  ],
});

/** Bytes for hex, seconds as numbers. */
export const BINARY: Spelling = (records) => ({
  columns: [
    { name: "block_number", data: records.map(({ position }) => position.block), type: "INT32" },
    { name: "block_time", data: records.map(({ position }) => BigInt(position.timestamp)), type: "INT64" },
    {
      name: "tx_hash",
      data: records.map(({ position }) => bytesOf(position.transaction!)),
      type: "BYTE_ARRAY",
    },
    { name: "index", data: records.map(({ log }) => BigInt(log.logIndex)), type: "INT64" },
    { name: "contract_address", data: records.map(({ log }) => bytesOf(log.address)), type: "BYTE_ARRAY" },
    ...[0, 1, 2, 3].map(
      (k): ColumnSource => ({
        name: `topic${k}`,
        data: records.map(({ log }) => (log.topics[k] === undefined ? undefined : bytesOf(log.topics[k]!))),
        type: "BYTE_ARRAY",
        nullable: true,
      }),
    ),
    { name: "data", data: records.map(({ log }) => bytesOf(log.data)), type: "BYTE_ARRAY" },
    {
      name: "tx_index",
      data: records.map(({ position }) => BigInt(position.transactionIndex!)),
      type: "INT64",
    },
  ],
});

export const parquetBytes = ({ columns, schema }: ParquetTable, rowGroupSize = 100): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({ columnData: columns, rowGroupSize, codec: "SNAPPY", ...(schema ? { schema } : {}) }),
  );

export { compressors };

/** Parquet as warehouses write it. */
export function parquet(spelling: Spelling): SourceForm {
  const site = async (history: SourceHistory, content: Uint8Array): Promise<SourceSite> => {
    const { path, remove } = writeTemporary("logs.parquet", content);
    return {
      open: (cursor) =>
        openTable(path, {
          header: history.header,
          besides: besidesOf(history),
          pageRecords: 7,
          ...(cursor === undefined ? {} : { cursor: readTableCursor(cursor) }),
        }),
      pages: tablePages,
      destroy: async () => remove(),
    };
  };
  const bytes = (history: SourceHistory): Uint8Array => parquetBytes(spelling(logsOf(history)));
  const column =
    (pattern: RegExp, type: ColumnSource["type"], change: (value: unknown, k: number) => unknown) =>
    (history: SourceHistory) => {
      const { columns } = spelling(logsOf(history));
      const changed = columns.map((each): ColumnSource => {
        if (!pattern.test(each.name)) return each;
        return { ...each, type, data: Array.from(each.data as Iterable<unknown>, change) } as ColumnSource;
      });
      return site(history, parquetBytes({ columns: changed }));
    };
  return {
    store: (history) => site(history, bytes(history)),
    damages: {
      "cut short": (history) => site(history, bytes(history).subarray(0, -20)),
      "cut at its head": (history) => site(history, bytes(history).subarray(1000)),
      "overwritten within": (history) => {
        const damaged = bytes(history).slice();
        damaged.fill(0xee, 200, 600);
        return site(history, damaged);
      },
      "block numbers as doubles": column(/^block_number$/, "DOUBLE", (value) => Number(value)),
      "a negative index": column(/index$/, "INT32", (value, k) => (k === 9 ? -4 : Number(value) | 0)),
      "text that is no hex": column(/^data$/, "STRING", (_value, k) => (k === 9 ? "nothing" : "0x")),
      "blocks out of order": column(
        /^block_number$/,
        "INT64",
        (value, k) => BigInt(value as bigint) - (k === 9 ? 5000n : 0n),
      ),
    },
  };
}
