import { basename } from "node:path";
import type { HistoryHeader } from "@shortfall/core";
import type { BesideRecord } from "./besides.js";
import { connectDatabase } from "./database/connection.js";
import { DatabaseRows } from "./database/database-rows.js";
import { SourceError } from "./errors.js";
import { chainIdOf } from "./history-header.js";
import type { ColumnNames } from "./table/columns.js";
import { CsvRows } from "./table/csv-rows.js";
import { ParquetRows } from "./table/parquet-rows.js";
import type { TableCursor } from "./table/table-cursor.js";
import type { LogRows } from "./table/table-rows.js";
import { TableLogSource } from "./table/table-source.js";

/** What a table of logs needs beside itself to be a history. */
export interface TableOptions {
  readonly header: HistoryHeader;
  readonly besides?: readonly BesideRecord[] | undefined;
  /** Column names by field, where the table spells them in a way of its own. */
  readonly columns?: ColumnNames | undefined;
  /** In messages and reports instead of the table's own. */
  readonly name?: string | undefined;
  /** Reads on from here. */
  readonly cursor?: TableCursor | undefined;
  /** Events of the protocol as its adapter declares them, for tables of decoded events. */
  readonly events?: readonly string[] | undefined;
  /** Records after which a page ends with its block. 2,000 unless given. */
  readonly pageRecords?: number;
}

/** How a name of an input says what it is. */
export type TableKind = "csv" | "parquet" | "database";

/** What an input is by its name; undefined for what is no table of logs. */
export function tableKind(input: string): TableKind | undefined {
  if (/^postgres(ql)?:\/\//.test(input)) return "database";
  if (/\.(csv|tsv)(\.gz)?$/i.test(input)) return "csv";
  if (/\.(parquet|pq)$/i.test(input)) return "parquet";
  return undefined;
}

/** The name of a table in messages and reports: never an address of a database, which may hold a password. */
export const tableName = (input: string): string =>
  tableKind(input) === "database" ? readDatabaseUrl(input).tables.join("+") : basename(input);

/**
 * Opens a table of logs by its name: a CSV or Parquet file, or `postgres://…?table=NAME`.
 *
 * @throws {SourceError} it is none; the database cannot be reached.
 */
export async function openTable(input: string, options: TableOptions): Promise<TableLogSource> {
  const rows = await rowsOf(input, options);
  return new TableLogSource(rows, { ...options, name: options.name ?? tableName(input) });
}

async function rowsOf(input: string, { header, columns, events }: TableOptions): Promise<LogRows> {
  const chainId = chainIdOf(header);
  switch (tableKind(input)) {
    case "csv":
      return new CsvRows(input, { chainId, columns });
    case "parquet":
      return new ParquetRows(input, { chainId, columns });
    case "database": {
      const { server, tables } = readDatabaseUrl(input);
      const address = soleAddress(header);
      return new DatabaseRows(await connectDatabase(server), { tables, events, chainId, address, columns });
    }
    case undefined:
      throw new SourceError({
        file: input,
        line: 0,
        field: "name",
        expected: "a name that ends in .csv, .tsv or .parquet, or begins with postgres://",
        received: basename(input),
      });
  }
}

/** Takes the tables out of the address of a server. @throws {SourceError} it names none. */
export function readDatabaseUrl(text: string): {
  readonly server: string;
  readonly tables: readonly string[];
} {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const tables = url?.searchParams.getAll("table").flatMap((names) => names.split(",")) ?? [];
  if (url === undefined || tables.length === 0 || tables.includes("")) {
    throw new SourceError({
      file: "database",
      line: 0,
      field: "table",
      expected: "postgres://…?table=NAME, or several names with commas",
      received: url === undefined ? "no address" : "no table",
      advice: "Name the table or view with the logs.",
    });
  }
  url.searchParams.delete("table");
  return { server: url.href, tables };
}

/** The contract of a header that reads one. */
function soleAddress({ rpc }: HistoryHeader): string | undefined {
  if (typeof rpc !== "object" || rpc === null || !("addresses" in rpc)) return undefined;
  const { addresses } = rpc;
  if (!Array.isArray(addresses) || addresses.length !== 1) return undefined;
  const [address] = addresses as readonly unknown[];
  return typeof address === "string" && /^0x[0-9a-fA-F]{40}$/.test(address)
    ? address.toLowerCase()
    : undefined;
}
