import { basename } from "node:path";
import { type HistoryOptions, HistoryText, startOf } from "./history-text.js";
import { openJsonFile } from "./json-file.js";

/** A history in a file. */
export class HistoryFile extends HistoryText {
  /** @throws {SourceError} the file cannot be read, or its first line is no header of a history. */
  static async open(path: string, options: HistoryOptions = {}): Promise<HistoryFile> {
    const { file, start } = await startOf(await openJsonFile(path), path, options);
    return new HistoryFile(path, { ...options, name: options.name ?? basename(path) }, file, start);
  }
}
