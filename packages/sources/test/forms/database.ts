import type { PGlite } from "@electric-sql/pglite";
import { type AbiValue, type EventArgs, type EventCodec, eventTable } from "@shortfall/core";
import { DatabaseRows, readTableCursor, TableLogSource, useDatabase } from "@shortfall/sources";
import type { SourceForm, SourceHistory, SourceSite } from "@shortfall/testing";
import type { LogRecord } from "../../src/table/log-row.js";
import { besidesOf, logsOf, tablePages } from "./storage.js";

/** A column with its type and the value of each log. */
export type Column = readonly [name: string, type: string, value: (record: LogRecord) => string | null];

const PLACE: readonly Column[] = [
  ["block_number", "numeric(78,0) NOT NULL", ({ position }) => `${position.block}`],
  ["block_timestamp", "numeric(78,0)", ({ position }) => `${position.timestamp}`],
  ["transaction_hash", "text", ({ position }) => position.transaction!],
  ["transaction_index", "integer", ({ position }) => `${position.transactionIndex}`],
  ["log_index", "bigint", ({ log }) => `${log.logIndex}`],
];

/** Logs as they are, with bytes for hex and timestamps for times. */
export const RAW: readonly Column[] = [
  PLACE[0]!,
  ["block_time", "timestamptz", ({ position }) => new Date(position.timestamp * 1000).toISOString()],
  ...PLACE.slice(2),
  ["address", "bytea", ({ log }) => log.address.replace("0x", "\\x")],
  ...[0, 1, 2, 3].map((k): Column => [`topic${k}`, "text", ({ log }) => log.topics[k] ?? null]),
  ["data", "text", ({ log }) => log.data],
];

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const textOf = (value: AbiValue | undefined): string | null =>
  value === undefined
    ? null
    : typeof value === "object"
      ? JSON.stringify(value, (_key, member: unknown) =>
          typeof member === "bigint" ? member.toString() : member,
        )
      : String(value);

/** The event of a log, and its arguments. */
type Decoding = (record: LogRecord) => { readonly event: EventCodec; readonly args: EventArgs };

function decoding(declarations: readonly string[]): Decoding {
  const events = eventTable(declarations);
  return ({ log }) => {
    const event = events.get(log.topics[0] ?? "");
    if (!event) throw new Error(`No declaration of ${log.topics[0]}`);
    return { event, args: event.decode(log.topics, log.data) };
  };
}

const EVENT: readonly Column[] = [
  ["id", "text PRIMARY KEY", ({ position }) => `${position.block}-${position.logIndex}`],
  ...PLACE,
  ["log_address", "text", ({ log }) => log.address],
];

/** Decoded events in one table as Ponder writes it: arguments in columns of their own, as the logs need them. */
export function decoded(declarations: readonly string[], logs: readonly LogRecord[]): readonly Column[] {
  const decode = decoding(declarations);
  const types = new Map<string, string>();
  for (const [name, value] of logs.flatMap((log) => Object.entries(decode(log).args))) {
    const type =
      typeof value === "bigint" ? "numeric(78,0)" : typeof value === "boolean" ? "boolean" : "text";
    types.set(name, [type, undefined].includes(types.get(name)) ? type : "text");
  }
  return [
    ...EVENT,
    ["event_name", "text", (record) => decode(record).event.name],
    ...[...types].map(
      ([name, type]): Column => [`arg_${snake(name)}`, type, (record) => textOf(decode(record).args[name])],
    ),
  ];
}

/** The same with the arguments as JSON, and events by their whole signature. */
export function decodedJson(declarations: readonly string[]): readonly Column[] {
  const decode = decoding(declarations);
  return [
    ...EVENT,
    ["event", "text", (record) => decode(record).event.signature],
    ["args", "jsonb", (record) => textOf(decode(record).args)],
  ];
}

let tables = 0;

/** Creates and fills a table. */
export async function createTable(
  run: (text: string) => Promise<unknown>,
  columns: readonly Column[],
  logs: readonly LogRecord[],
  name = `events_${++tables}`,
): Promise<string> {
  await run(`CREATE TABLE ${name} (${columns.map(([column, type]) => `"${column}" ${type}`).join(", ")})`);
  const literal = (value: string | null): string =>
    value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`;
  // Backwards: a table has no order of its own.
  const rows = logs
    .map((log) => `(${columns.map(([, , value]) => literal(value(log))).join(", ")})`)
    .reverse();
  for (let at = 0; at < rows.length; at += 500) {
    await run(`INSERT INTO ${name} VALUES ${rows.slice(at, at + 500).join(", ")}`);
  }
  return name;
}

/** Tables of a database in this process. */
export function database(
  db: () => PGlite,
  columnsOf: (logs: readonly LogRecord[]) => readonly Column[],
  options: { readonly events: readonly string[] },
): SourceForm {
  const { events } = options;
  const isDecoded = events.length > 0;
  const run = (text: string): Promise<unknown> => db().exec(text);
  const site = async (
    history: SourceHistory,
    change: (table: string) => string = () => "",
  ): Promise<SourceSite> => {
    const logs = logsOf(history);
    const table = await createTable(run, columnsOf(logs), logs);
    const statement = change(table);
    if (statement !== "") await run(statement);
    return {
      open: async (cursor) =>
        new TableLogSource(
          new DatabaseRows(useDatabase(db()), {
            tables: [table],
            events,
            pageRows: 50,
          }),
          {
            name: "events",
            header: history.header,
            besides: besidesOf(history),
            pageRecords: 7,
            cursor: cursor === undefined ? undefined : readTableCursor(cursor),
          },
        ),
      pages: tablePages,
      destroy: async () => {
        await run(`DROP TABLE IF EXISTS ${table} CASCADE`);
      },
    };
  };
  const damage = (statement: (table: string) => string) => (history: SourceHistory) =>
    site(history, statement);
  const tenth = "block_number = 19000009";
  return {
    decoded: isDecoded,
    store: (history) => site(history),
    damages: {
      "no table": damage((table) => `DROP TABLE ${table}`),
      "a column dropped": damage((table) => `ALTER TABLE ${table} DROP COLUMN transaction_hash`),
      "indices as doubles": damage(
        (table) => `ALTER TABLE ${table} ALTER COLUMN log_index TYPE double precision`,
      ),
      "block numbers as text": damage((table) => `ALTER TABLE ${table} ALTER COLUMN block_number TYPE text`),
      "a row without index": damage((table) => `UPDATE ${table} SET log_index = NULL WHERE ${tenth}`),
      "a negative index": damage((table) => `UPDATE ${table} SET log_index = -4 WHERE ${tenth}`),
      "a hash cut short": damage(
        (table) => `UPDATE ${table} SET transaction_hash = left(transaction_hash, 64) WHERE ${tenth}`,
      ),
      ...(isDecoded
        ? {
            "amounts as doubles": damage(
              (table) => `ALTER TABLE ${table} ALTER COLUMN arg_value TYPE double precision`,
            ),
            "an amount with a fraction": damage(
              (table) =>
                `ALTER TABLE ${table} ALTER COLUMN arg_value TYPE numeric; UPDATE ${table} SET arg_value = 0.5 WHERE arg_value IS NOT NULL AND block_number > 19000008`,
            ),
            "an amount that does not fit": damage(
              (table) =>
                `UPDATE ${table} SET arg_value = -1 WHERE arg_value IS NOT NULL AND block_number > 19000008`,
            ),
            "an argument missing": damage(
              (table) => `UPDATE ${table} SET arg_from = NULL WHERE block_number > 19000008`,
            ),
            "an event of another protocol": damage(
              (table) => `UPDATE ${table} SET event_name = 'Other' WHERE ${tenth}`,
            ),
          }
        : { "half a byte of data": damage((table) => `UPDATE ${table} SET data = '0xabc' WHERE ${tenth}`) }),
    },
  };
}
