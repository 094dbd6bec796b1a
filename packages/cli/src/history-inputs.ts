import { basename } from "node:path";
import {
  type ColumnNames,
  expandPaths,
  type HeaderFile,
  HistoryFile,
  headerBeside,
  historyHeader,
  type InputFile,
  JSON_DOCUMENT,
  JSON_OBJECT,
  openTable,
  readHeaderFile,
  SourceError,
  type TableLogSource,
  tableKind,
  tableName,
} from "@shortfall/sources";
import type { Session } from "./session.js";

/** How inputs become histories. */
export interface InputReading {
  /** Of headers that name none. */
  readonly protocol?: string;
  /** For tables of logs, instead of the header beside each. */
  readonly header?: HeaderFile;
  /** Names of a table's columns by field. */
  readonly columns?: ColumnNames;
}

/** An open history, in a file or a table. */
export type OpenHistory = HistoryFile | TableLogSource;

/** Files below folders, and tables. */
export async function inputsOf(paths: readonly string[]): Promise<readonly InputFile[]> {
  const inputs: InputFile[] = [];
  for (const path of paths) {
    if (tableKind(path) === "database") inputs.push({ path, named: true });
    else inputs.push(...(await expandPaths([path])));
  }
  return inputs;
}

/** The input in messages: an address of a database may hold a password. */
export const labelOf = (path: string): string => (tableKind(path) === "database" ? tableName(path) : path);

/** The input in reports, which hold no paths of the machine. */
export const nameOf = (path: string): string => (tableKind(path) ? tableName(path) : basename(path));

/**
 * Opens a history.
 *
 * @returns undefined for a file of a folder that is no history.
 * @throws {SourceError} {@link HeaderError}
 */
export async function openInput(
  { path, named }: InputFile,
  reading: InputReading,
  session: Session,
  name?: string,
): Promise<OpenHistory | undefined> {
  if (tableKind(path)) return await openTableInput(path, reading, session, name);
  const { protocol } = reading;
  try {
    return await HistoryFile.open(path, {
      ...(name === undefined ? {} : { name }),
      ...(protocol === undefined ? {} : { protocol }),
    });
  } catch (error) {
    const foreign = error instanceof SourceError && !named && isForeign(error);
    if (foreign) return undefined;
    throw error;
  }
}

async function openTableInput(
  path: string,
  reading: InputReading,
  session: Session,
  name: string | undefined,
): Promise<TableLogSource> {
  const file = reading.header ?? (await readHeaderFile(await headerOfTable(path)));
  const { adapter, header } = session.adapters.for(historyHeader(file, reading.protocol));
  const { columns } = reading;
  return openTable(path, { header, besides: file.besides, columns, name, events: adapter.events });
}

async function headerOfTable(path: string): Promise<string> {
  if (tableKind(path) !== "database") return await headerBeside(path);
  throw new SourceError({
    file: tableName(path),
    line: 0,
    field: "header",
    expected: "the header of the history",
    received: "none",
    advice: "Tables hold logs only. Name a header with --header or --market.",
  });
}

/** JSON that does not claim to be a history. A history in a version of its format that is unknown does. */
const isForeign = (error: SourceError): boolean =>
  error.expected === JSON_OBJECT ||
  error.received === JSON_DOCUMENT ||
  (error.field === "format" && !/^"shortfall-(trace|logs)\//.test(error.received));
