import type { HistoryHeader, LogSource, SourceDigest, SourceRecord } from "@shortfall/core";
import { linesOfBytes } from "./byte-lines.js";
import { SourceError } from "./errors.js";
import { type HistoryStart, readHistoryStart } from "./history-header.js";
import { type JsonFile, readJson } from "./json-lines.js";
import { readLogRecord } from "./log-record.js";

/** What a `SourceError` received where a file is one document and not a history. */
export const JSON_DOCUMENT = "one JSON document";

export interface HistoryOptions {
  /** Name in messages and reports instead of the file's own. */
  readonly name?: string;
  /** Protocol of a header that names none. */
  readonly protocol?: string;
  /** Reads on after this line, the last whose record was stored. */
  readonly afterLine?: number;
}

/** A history as text: a golden trace or plain logs, told apart by the format in its first line. */
export class HistoryText implements LogSource {
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

  protected constructor(
    path: string,
    options: HistoryOptions,
    file: JsonFile & { kind: "lines" },
    start: HistoryStart,
  ) {
    this.name = options.name ?? path;
    this.path = path;
    this.#afterLine = options.afterLine ?? 1;
    this.style = start.style;
    this.header = start.header;
    this.complete = start.complete;
    this.continues = start.continues;
    this.chainId = start.chainId;
    this.#file = file;
  }

  /**
   * A history in memory, plain or gzip-compressed.
   *
   * @throws {SourceError} the bytes cannot be read, or their first line is no header of a history.
   */
  static async ofBytes(bytes: Uint8Array, name: string, options: HistoryOptions = {}): Promise<HistoryText> {
    const file = await readJson(linesOfBytes(bytes, name), name);
    const start = await startOf(file, name, options);
    return new HistoryText(name, options, start.file, start.start);
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

/**
 * The header of an open file; lets go of the file where it has none.
 *
 * @throws {SourceError} the file is one document, or its first line is no header of a history.
 */
export async function startOf(
  file: JsonFile,
  path: string,
  { protocol }: HistoryOptions,
): Promise<{ readonly file: JsonFile & { kind: "lines" }; readonly start: HistoryStart }> {
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
    return { file, start: readHistoryStart(file.first.value, path, protocol) };
  } catch (error) {
    await file.close();
    throw error;
  }
}
