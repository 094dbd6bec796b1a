import { gzipSync } from "node:zlib";
import { openTable, readTableCursor } from "@shortfall/sources";
import type { SourceForm, SourceHistory, SourceSite } from "@shortfall/testing";
import type { LogRecord } from "../../src/table/log-row.js";
import { besidesOf, logsOf, tablePages, writeTemporary } from "./storage.js";

/** How a provider writes a log. */
type Spelling = (record: LogRecord) => Readonly<Record<string, string>>;

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** `block_time` with zone, topics in columns, checksums aside. */
export const DUNE: Spelling = ({ position, log, blockHash }) => ({
  block_time: isoTime(position.timestamp).replace("T", " ").replace("Z", " UTC"),
  block_number: `${position.block}`,
  block_hash: blockHash ?? "",
  contract_address: log.address,
  topic0: log.topics[0] ?? "",
  topic1: log.topics[1] ?? "<nil>",
  topic2: log.topics[2] ?? "",
  topic3: log.topics[3] ?? "",
  data: log.data,
  tx_hash: position.transaction!,
  index: `${log.logIndex}`,
  tx_index: `${position.transactionIndex}`,
});

/** Upper-case hex digits and a time without zone. */
export const ALLIUM: Spelling = ({ position, log, blockHash }) => ({
  address: `0x${log.address.slice(2).toUpperCase()}`,
  topic0: log.topics[0] ?? "",
  topic1: log.topics[1] ?? "",
  topic2: log.topics[2] ?? "",
  topic3: log.topics[3] ?? "",
  data: log.data,
  log_index: `${log.logIndex}`,
  transaction_hash: position.transaction!,
  transaction_index: `${position.transactionIndex}`,
  block_hash: blockHash ?? "",
  block_number: `${position.block}`,
  block_timestamp: isoTime(position.timestamp).slice(0, 19).replace("T", " "),
  removed: "false",
  extracted_at: "whatever",
});

/** Capitals, topics as JSON beside columns of their own. */
export const FLIPSIDE: Spelling = ({ position, log }) => ({
  BLOCK_NUMBER: `${position.block}`,
  BLOCK_TIMESTAMP: isoTime(position.timestamp),
  TX_HASH: position.transaction!,
  TX_POSITION: `${position.transactionIndex}`,
  EVENT_INDEX: `${log.logIndex}`,
  CONTRACT_ADDRESS: log.address,
  TOPICS: JSON.stringify(log.topics),
  TOPIC_0: log.topics[0] ?? "",
  TOPIC_1: log.topics[1] ?? "",
  TOPIC_2: log.topics[2] ?? "",
  TOPIC_3: log.topics[3] ?? "",
  DATA: log.data,
  EVENT_REMOVED: "FALSE",
  INSERTED_TIMESTAMP: "2024-01-01 00:00:00.123",
});

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function csvText(records: readonly LogRecord[], spelling: Spelling): string {
  const rows = records.map(spelling);
  const lines = rows.map((row) => Object.values(row).map(quoted).join(","));
  return `${[Object.keys(rows[0]!).join(","), ...lines].join("\n")}\n`;
}

/** CSV as a provider exports it. */
export function csv(spelling: Spelling, zipped = false): SourceForm {
  const textOf = (history: SourceHistory): string => csvText(logsOf(history), spelling);
  const site = async (history: SourceHistory, content: string | Uint8Array): Promise<SourceSite> => {
    const { path, remove } = writeTemporary(zipped ? "logs.csv.gz" : "logs.csv", content);
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
  const store = (history: SourceHistory, text: string): Promise<SourceSite> =>
    site(history, zipped ? gzipSync(text) : text);
  /** The tenth row with one of its cells changed. */
  const cell =
    (field: (row: Record<string, string>) => string, value: string) => (history: SourceHistory) => {
      const changed = (record: LogRecord): Readonly<Record<string, string>> => {
        const row = spelling(record);
        if (record !== logsOf(history)[9]) return row;
        return { ...row, [field(row)]: value };
      };
      return store(history, csvText(logsOf(history), changed));
    };
  const named =
    (pattern: RegExp) =>
    (row: Record<string, string>): string =>
      Object.keys(row).find((name) => pattern.test(name))!;
  const block = named(/^block_number$/i);
  return {
    store: (history) => store(history, textOf(history)),
    damages: {
      "cut within a row": (history) => store(history, textOf(history).slice(0, -30)),
      "cut within a block number": (history) => {
        const { [block(spelling(logsOf(history)[0]!))]: _, ...first } = spelling(logsOf(history)[0]!);
        const rows = logsOf(history).map((record) => {
          const row = { ...spelling(record) };
          const number = row[block(row)]!;
          delete row[block(row)];
          return [...Object.values(row).map(quoted), number].join(",");
        });
        const text = [[...Object.keys(first), "block_number"].join(","), ...rows].join("\n");
        return store(history, text.slice(0, -2));
      },
      "scientific notation": cell(block, "1.9000009e7"),
      "a double": cell(block, "19000009.0"),
      "half a byte of data": cell(named(/^data$/i), "0xabc"),
      "no data": cell(named(/^data$/i), ""),
      "a short address": cell(named(/address$/i), "0xabcd"),
      "a fraction of a second": cell(named(/^block_time(stamp)?$/i), "2024-01-01 00:00:00.5"),
      milliseconds: cell(named(/^block_time(stamp)?$/i), "1700000000000"),
      "a negative index": cell(named(/^(index|log_index|event_index)$/i), "-4"),
      "an earlier block": cell(block, "18000000"),
      "a later block than were read": cell(block, "99000000"),
      "a missing column": (history) =>
        store(history, textOf(history).replace(/^(.*)(tx|transaction)_hash/i, "$1other")),
    },
  };
}
