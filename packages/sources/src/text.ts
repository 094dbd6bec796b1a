import { readLines } from "./lines.js";

/**
 * A whole text file, plain or gzip-compressed, lines joined by line feeds. For lists that are small by nature.
 *
 * @throws {SourceError} as `readLines`.
 */
export async function readText(file: string): Promise<string> {
  const lines: string[] = [];
  for await (const { text } of readLines(file)) lines.push(text);
  return lines.join("\n");
}
