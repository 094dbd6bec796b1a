import { parseCsv } from "./csv.js";
import { DocumentError } from "./errors.js";
import { type JsonNode, parseJson } from "./json.js";

/** What a text is, judged by its name and then by its first character. */
export type DocumentFormat = "json" | "json-lines" | "csv";

export function formatOf(file: string, firstLine: string): DocumentFormat {
  const name = file.toLowerCase().replace(/\.gz$/, "");
  if (name.endsWith(".csv") || name.endsWith(".tsv")) return "csv";
  if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) return "json-lines";
  if (name.endsWith(".json")) return "json";
  return /^\s*[[{]/.test(firstLine) ? "json" : "csv";
}

/**
 * Whether lines of a file called JSON are records each by itself: the first is a whole document, and more follow.
 */
export function areRecords(lines: readonly string[], file: string): boolean {
  const [first, second] = lines.filter((line) => line.trim() !== "");
  if (first === undefined || second === undefined || !/^\s*[[{].*[\]}]\s*$/.test(first)) return false;
  try {
    parseJson(first, file);
    return true;
  } catch (error) {
    if (error instanceof DocumentError) return false;
    throw error;
  }
}

/**
 * A whole JSON, JSON Lines or CSV text as one value; the last two as an array of records.
 *
 * @throws {DocumentError} it is none.
 */
export function parseDocument(text: string, file: string): JsonNode {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  const format = formatOf(file, lines[0]!);
  if (format === "csv") return parseCsv(text, file);
  if (format === "json" && !areRecords(lines, file)) return parseJson(lines.join("\n"), file);
  const items = lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [parseJson(line, file, index + 1)],
  );
  return { kind: "array", items, line: 1 };
}
