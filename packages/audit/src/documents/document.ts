import { parseCsv } from "./csv.js";
import { type JsonNode, parseJson } from "./json.js";

/** What a text is, judged by its name and then by its first character. */
export type DocumentFormat = "json" | "json-lines" | "csv";

export function formatOf(file: string, firstLine: string): DocumentFormat {
  const name = file.toLowerCase().replace(/\.gz$/, "");
  if (name.endsWith(".csv")) return "csv";
  if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) return "json-lines";
  if (name.endsWith(".json")) return "json";
  return /^\s*[[{]/.test(firstLine) ? "json" : "csv";
}

/**
 * A whole JSON, JSON Lines or CSV text as one value; the last two as an array of records.
 *
 * @throws {DocumentError} it is none.
 */
export function parseDocument(text: string, file: string): JsonNode {
  const format = formatOf(file, text.slice(0, text.indexOf("\n") + 1 || undefined));
  if (format === "csv") return parseCsv(text, file);
  if (format === "json") return parseJson(text, file);
  const items = text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [parseJson(line, file, index + 1)]));
  return { kind: "array", items, line: 1 };
}
