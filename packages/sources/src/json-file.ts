import { type JsonFile, readJson } from "./json-lines.js";
import { readLines } from "./lines.js";

/**
 * Opens a JSON or JSON Lines file, plain or gzip-compressed.
 *
 * @throws {SourceError} as `readLines` and `readJson`.
 */
export const openJsonFile = (file: string): Promise<JsonFile> => readJson(readLines(file), file);
