import { stat } from "node:fs/promises";
import type { HistoryHeader } from "@shortfall/core";
import type { BesideRecord } from "./besides.js";
import { SourceError } from "./errors.js";
import { openJsonFile } from "./json-file.js";
import { readLogRecord } from "./log-record.js";

/** A header in a file of its own, for logs that come from elsewhere, and the records that stand beside them. */
export interface HeaderFile {
  readonly path: string;
  /** Protocol and version are whatever the file says. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Prices, calls, touches and checkpoints. */
  readonly besides: readonly BesideRecord[];
}

/**
 * Reads a header, and the lines after it that logs do not hold.
 *
 * @throws {SourceError} as `openJsonFile`; a line that is a log or a range.
 */
export async function readHeaderFile(path: string): Promise<HeaderFile> {
  const file = await openJsonFile(path);
  if (file.kind === "document") return { path, value: file.value, besides: [] };
  const besides: BesideRecord[] = [];
  for await (const line of file.rest) {
    const record = readLogRecord(line, path, undefined);
    if (record.kind === "log" || record.kind === "range" || record.kind === "trace") {
      await file.close();
      throw new SourceError({
        file: path,
        line: line.number,
        field: "(line)",
        expected: "a price, call, touch or checkpoint",
        received: record.kind === "range" ? "a range" : "a log",
        advice: "The logs come from the node or the table; name files of plain logs by themselves.",
      });
    }
    besides.push(record);
  }
  return { path, value: file.first.value, besides };
}

/** Endings of a header beside its table: `logs.csv.gz` has `logs.header.jsonl`. */
const ENDINGS = [".header.jsonl", ".header.json"];

/**
 * The header beside a table, by its name.
 *
 * @throws {SourceError} there is none.
 */
export async function headerBeside(table: string): Promise<string> {
  const stem = table.replace(/\.gz$/, "").replace(/\.[a-zA-Z]+$/, "");
  for (const ending of ENDINGS) {
    try {
      if ((await stat(`${stem}${ending}`)).isFile()) return `${stem}${ending}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new SourceError({
    file: table,
    line: 0,
    field: "header",
    expected: `a header: ${ENDINGS.map((ending) => `${stem}${ending}`).join(" or ")}`,
    received: "none",
    advice:
      "Tables hold logs only. Write the header of the history there, or name it with --header or --market.",
  });
}

/** The header of a file or preset as a history has it. @throws {SourceError} protocol or version are not text. */
export function historyHeader(file: HeaderFile, protocolOtherwise?: string): HistoryHeader {
  const { protocol = protocolOtherwise, version } = file.value;
  for (const [field, value] of [
    ["protocol", protocol],
    ["version", version],
  ] as const) {
    if (typeof value === "string") continue;
    throw new SourceError({
      file: file.path,
      line: 1,
      field,
      expected: field === "protocol" ? "the name of a protocol" : "the contract's version as text",
      received: value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80),
      advice: "The first line is the header; docs/formats/logs.md shows one.",
    });
  }
  return { ...file.value, protocol: String(protocol), version: String(version) };
}
