import { basename } from "node:path";
import type { HistoryHeader, LogSource, SourceDigest, SourceRecord } from "@shortfall/core";
import { SourceError } from "./errors.js";
import { type HistoryStart, readHistoryStart } from "./history-header.js";
import { type JsonFile, openJsonFile } from "./json-lines.js";
import { readLogRecord } from "./log-record.js";

/** What a `SourceError` received where a file is one document and not a history. */
export const JSON_DOCUMENT = "one JSON document";

export interface HistoryFileOptions {
  /** Name in messages and reports instead of the file's own. */
  readonly name?: string;
  /** Protocol of a header that names none. */
  readonly protocol?: string;
  /** Reads on after this line, the last whose record was stored. */
  readonly afterLine?: number;
}

/** A history in a file: a golden trace or plain logs, told apart by the format in its first line. */
export class HistoryFile implements LogSource {
  readonly name: string;
  readonly path: string;
  readonly style: "trace" | "logs";
  readonly header: HistoryHeader;
  readonly complete: boolean;
  readonly continues: boolean;
  /** The chain that the header names, if it does. */
  readonly chainId: string | undefined;
  readonly #afterLine: number;
  readonly #file: JsonFile & { kind: "lines" };

  private constructor(
    path: string,
    options: HistoryFileOptions,
    file: JsonFile & { kind: "lines" },
    start: HistoryStart,
  ) {
    this.name = options.name ?? basename(path);
    this.path = path;
    this.#afterLine = options.afterLine ?? 1;
    this.style = start.style;
    this.header = start.header;
    this.complete = start.complete;
    this.continues = start.continues;
    this.chainId = start.chainId;
    this.#file = file;
  }

  /** @throws {SourceError} the file cannot be read, or its first line is no header of a history. */
  static async open(path: string, options: HistoryFileOptions = {}): Promise<HistoryFile> {
    const file = await openJsonFile(path);
    if (file.kind === "document") {
      throw new SourceError({
        file: path,
        line: 1,
        field: "(line)",
        expected: "JSON Lines that begin with a header line",
        received: JSON_DOCUMENT,
        advice: "Write one record a line; docs/formats/logs.md shows how.",
      });
    }
    try {
      const start = readHistoryStart(file.first.value, path, options.protocol);
      return new HistoryFile(path, options, file, start);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * The records after the header.
   *
   * @throws {SourceError} the file is damaged, a line is malformed, or there is nothing after the header.
   */
  async *records(): AsyncGenerator<SourceRecord, SourceDigest> {
    let last = 1;
    for (;;) {
      const next = await this.#file.rest.next();
      if (next.done) {
        if (last === 1) throw this.#fault(2, "records after the header", "the end of the file");
        if (last < this.#afterLine) {
          throw this.#fault(last, `${this.#afterLine} lines, as when reading was interrupted`, `${last}`);
        }
        return { name: this.name, bytes: next.value.bytes, sha256: next.value.sha256 };
      }
      last = next.value.number;
      if (last <= this.#afterLine) continue;
      yield this.style === "trace"
        ? { kind: "trace", line: next.value }
        : readLogRecord(next.value, this.path, this.chainId);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #fault(line: number, expected: string, received: string): SourceError {
    const advice = "Fetch the logs again, or leave the file out.";
    return new SourceError({ file: this.path, line, field: "(line)", expected, received, advice });
  }
}
