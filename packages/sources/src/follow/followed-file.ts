import { basename } from "node:path";
import type { FollowedBatch, FollowedSource, HistoryHeader, SourceRecord } from "@shortfall/core";
import { SourceError } from "../errors.js";
import { type HistoryStart, readHistoryStart } from "../history-header.js";
import { parseObject } from "../json-lines.js";
import { readLogRecord } from "../log-record.js";
import { type FilePlace, GrowingFile } from "./growing-file.js";
import { pause } from "./pause.js";

export interface FollowedFileOptions {
  /** Protocol of a header that names none. */
  readonly protocol?: string;
  /** Milliseconds between looks at a file that has not grown. 500 where absent. */
  readonly interval?: number;
  /** Where an earlier reading ended: the file must still begin so. */
  readonly expected?: FilePlace;
  /** Ends where the file ends now, taking what stands there as whole, instead of waiting for more. */
  readonly once?: boolean;
}

/**
 * A history in a plain file that somebody appends to: plain logs or a trace. A last line without a line feed waits until
 * it has one. Logs of a transaction wait until a record of another one, or a `range`, shows that they are all there.
 */
export class FollowedFile implements FollowedSource {
  readonly name: string;
  readonly header: HistoryHeader;
  readonly style: "trace" | "logs";
  readonly complete: boolean;
  readonly #path: string;
  readonly #file: GrowingFile;
  readonly #start: HistoryStart;
  readonly #options: FollowedFileOptions;
  #ahead: { readonly number: number; readonly text: string }[];

  private constructor(
    path: string,
    file: GrowingFile,
    start: HistoryStart,
    ahead: { readonly number: number; readonly text: string }[],
    options: FollowedFileOptions,
  ) {
    this.name = basename(path);
    this.header = start.header;
    this.style = start.style;
    this.complete = start.complete;
    this.#path = path;
    this.#file = file;
    this.#start = start;
    this.#ahead = ahead;
    this.#options = options;
  }

  /** @throws {SourceError} it cannot be read, or has no whole first line that is a header. @throws {FollowedFileError} */
  static async open(path: string, options: FollowedFileOptions = {}): Promise<FollowedFile> {
    const file = await GrowingFile.open(path, options.expected);
    try {
      const [first, ...ahead] = await file.lines();
      if (!first) {
        throw new SourceError({
          file: path,
          line: 1,
          field: "(line)",
          expected: "a header line",
          received: "no whole line",
          advice: "Write the header before the file is followed; docs/formats/logs.md shows one.",
        });
      }
      const start = readHistoryStart(parseObject(first.text, path, 1), path, options.protocol);
      return new FollowedFile(path, file, start, ahead, options);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How far the file was read. */
  get place(): FilePlace {
    return this.#file.place;
  }

  /** @throws {SourceError} a malformed line. @throws {FollowedFileError} the file did not grow but change. */
  async *batches(stop: AbortSignal): AsyncGenerator<FollowedBatch, void> {
    const { interval = 500, once = false } = this.#options;
    // Files are not reorganised: whoever writes one writes what is final to him.
    const finalBlock = Number.MAX_SAFE_INTEGER;
    let block = 0;
    try {
      while (!stop.aborted) {
        const lines = this.#ahead.length > 0 ? this.#ahead : await this.#file.lines();
        this.#ahead = [];
        if (lines.length > 0) {
          const records = lines.map(({ number, text }) => this.#record(number, text));
          block = lastBlock(records) ?? block;
          yield { kind: "records", records, settled: false, finalBlock };
          continue;
        }
        if (once) yield { kind: "records", records: [], settled: true, finalBlock };
        yield { kind: "head", block, finalBlock: block };
        if (once) return;
        await this.#grown(interval, stop);
      }
    } finally {
      await this.#file.close();
    }
  }

  /** Waits until there are lines again. */
  async #grown(interval: number, stop: AbortSignal): Promise<void> {
    while (!stop.aborted && this.#ahead.length === 0) {
      await pause(interval, stop);
      if (!stop.aborted) this.#ahead = await this.#file.lines();
    }
  }

  #record(number: number, text: string): SourceRecord {
    const line = { number, value: parseObject(text, this.#path, number) };
    if (this.style === "trace") return { kind: "trace", line };
    return readLogRecord(line, this.#path, this.#start.chainId);
  }
}

function lastBlock(records: readonly SourceRecord[]): number | undefined {
  const last = records[records.length - 1];
  if (last === undefined) return undefined;
  if (last.kind === "range") return last.toBlock;
  return last.kind === "trace" ? Number(last.line.value.block) : last.position.block;
}
