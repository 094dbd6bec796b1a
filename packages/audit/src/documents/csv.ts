import { DocumentError } from "./errors.js";
import type { JsonNode, JsonObject } from "./json.js";

/** What separates the cells of a table: of comma, semicolon and tab the one that its header has most of. */
export function delimiterOf(header: string): string {
  const count = (mark: string): number => header.split(mark).length;
  return [",", ";", "\t"].reduce((most, mark) => (count(mark) > count(most) ? mark : most));
}

/** Cells of one line after RFC 4180: quoted cells may hold the delimiter, and quotes written twice. */
export function csvCells(text: string, delimiter = ","): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${delimiter}]*))(${delimiter}|$)`, "y");
  for (;;) {
    const start = cell.lastIndex;
    const found = cell.exec(text);
    // A quote that is never closed: the rest is one cell, so that the record shows as malformed.
    if (!found) return [...cells, text.slice(start)];
    cells.push(found[1] === undefined ? found[2]! : found[1].replaceAll('""', '"'));
    if (found[3] === "") return cells;
  }
}

/** A line as a record of strings, keyed by the header. Cells that are missing are left out. */
export function csvRecord(header: readonly string[], cells: readonly string[], line: number): JsonObject {
  const members: [string, JsonNode][] = [];
  header.forEach((key, index) => {
    const text = cells[index];
    if (text !== undefined) members.push([key, { kind: "string", text, line }]);
  });
  return { kind: "object", members, line };
}

/**
 * A whole table as an array of records. Empty lines are skipped.
 *
 * @throws {DocumentError} a line has another number of cells than the header.
 */
export function parseCsv(text: string, file: string): JsonNode {
  const [head = "", ...lines] = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const delimiter = delimiterOf(head);
  const header = csvCells(head, delimiter).map((cell) => cell.trim());
  const items: JsonObject[] = [];
  lines.forEach((content, index) => {
    if (content === "") return;
    const line = index + 2;
    const cells = csvCells(content, delimiter);
    if (cells.length !== header.length) {
      throw new DocumentError(
        file,
        line,
        "cells",
        `${header.length} cells, as the header has`,
        `${cells.length}`,
      );
    }
    items.push(csvRecord(header, cells, line));
  });
  return { kind: "array", items, line: 1 };
}
