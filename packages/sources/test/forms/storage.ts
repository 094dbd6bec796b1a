import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogSource, SourceRecord } from "@shortfall/core";
import type { BesideRecord, TableLogSource } from "@shortfall/sources";
import type { SourceHistory, SourcePage } from "@shortfall/testing";
import type { LogRecord } from "../../src/table/log-row.js";

export const logsOf = (history: SourceHistory): readonly LogRecord[] =>
  history.records.filter((record): record is LogRecord => record.kind === "log");

/** Prices and the like, without the lines of the history that they are put into. */
export const besidesOf = (history: SourceHistory): readonly BesideRecord[] =>
  history.records.filter(
    (record): record is BesideRecord => !["log", "range", "trace"].includes(record.kind),
  );

/** A file of its own in a folder of its own. */
export function writeTemporary(
  name: string,
  content: string | Uint8Array,
): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "sources-form-"));
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export const tablePages = (source: LogSource): AsyncIterable<SourcePage> =>
  (source as TableLogSource).pages();

/** Each record with its line for a cursor. */
export async function* linePages(source: LogSource): AsyncGenerator<SourcePage> {
  for await (const record of source.records()) yield { records: [record], cursor: lineOf(record) };
}

const lineOf = (record: SourceRecord): number | undefined =>
  record.kind === "range" ? record.line : record.kind === "trace" ? record.line.number : record.position.line;
