import { mkdirSync } from "node:fs";
import { type FileHandle, open, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestValue, type HistoryHeader, ShortfallError } from "@shortfall/core";
import { type EventLog, eventLine, readEventLine, type WatchEvent } from "@shortfall/sdk";
import { type FilePlace, readLines } from "@shortfall/sources";

const STATE_FORMAT = "shortfall-watch/1";

/** The folder of a watch cannot be used for this one. */
export class WatchStateError extends ShortfallError {
  readonly code = "SF_WATCH_STATE";

  constructor(
    readonly folder: string,
    readonly reason: string,
  ) {
    super(`Watch state ${folder}: ${reason}. Name a folder of its own for each history.`);
  }
}

/** What `watch.json` says. */
interface StateRecord {
  readonly format: string;
  /** Digest of the history's header. */
  readonly history: string;
  /** Events that were printed. */
  readonly delivered: number;
  readonly file?: FilePlace;
}

/**
 * The folder of a watch: `events.jsonl` holds every event, each once, on the disk before it is printed; `watch.json` says
 * how many were printed. A watch that was killed prints again what may not have got out.
 */
export class WatchState implements EventLog {
  readonly folder: string;
  readonly #events: FileHandle;
  #record: StateRecord;
  #bytes: number;
  /** Sequence of the next event. */
  #length = 0;

  private constructor(folder: string, events: FileHandle, bytes: number, record: StateRecord) {
    this.folder = folder;
    this.#events = events;
    this.#bytes = bytes;
    this.#record = record;
  }

  /** The state of an earlier watch, or a new one. @throws {WatchStateError} it is of another history. */
  static async open(folder: string, header: HistoryHeader): Promise<WatchState> {
    mkdirSync(folder, { recursive: true });
    const history = digestValue(header);
    const record = (await readRecord(folder)) ?? { format: STATE_FORMAT, history, delivered: 0 };
    if (record.format !== STATE_FORMAT || record.history !== history) {
      throw new WatchStateError(folder, "it is of another history, or of another release");
    }
    const events = await open(join(folder, "events.jsonl"), "a+");
    const bytes = await cutTornLine(events);
    const state = new WatchState(folder, events, bytes, record);
    await state.#write(record);
    return state;
  }

  /** Where the watched file had been read to; read before the header is, so that the file can be held against it. */
  static async placeOf(folder: string): Promise<FilePlace | undefined> {
    return (await readRecord(folder))?.file;
  }

  /** Events that were printed, and so the sequence to print next. */
  get delivered(): number {
    return this.#record.delivered;
  }

  async *read(): AsyncIterable<WatchEvent> {
    if (this.#bytes === 0) return;
    for await (const { text } of readLines(join(this.folder, "events.jsonl"))) {
      const event = readEventLine(text);
      if (event.sequence !== this.#length) {
        throw new WatchStateError(this.folder, `event ${this.#length} is missing in events.jsonl`);
      }
      this.#length++;
      yield event;
    }
  }

  async append(events: readonly WatchEvent[]): Promise<void> {
    const { size } = await this.#events.stat();
    if (size !== this.#bytes) throw new WatchStateError(this.folder, "another watch writes to it");
    const text = Buffer.from(events.map((event) => `${eventLine(event)}\n`).join(""));
    await this.#events.appendFile(text);
    await this.#events.datasync();
    this.#bytes += text.length;
    this.#length += events.length;
  }

  /** Everything up to `delivered` was printed; the watched file was read to `file`. */
  async mark(delivered: number, file?: FilePlace): Promise<void> {
    await this.#write({ ...this.#record, delivered, ...(file === undefined ? {} : { file }) });
  }

  close(): Promise<void> {
    return this.#events.close();
  }

  /** Written under another name and renamed, so that it is never half there. */
  async #write(record: StateRecord): Promise<void> {
    const path = join(this.folder, "watch.json");
    await writeFile(`${path}.new`, `${JSON.stringify(record)}\n`);
    await rename(`${path}.new`, path);
    this.#record = record;
  }
}

async function readRecord(folder: string): Promise<StateRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "watch.json"), "utf8")) as StateRecord;
  } catch (error) {
    if (error instanceof SyntaxError) throw new WatchStateError(folder, "watch.json is not JSON");
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const LINE_FEED = 10;
const PIECE = 1 << 16;

/** Cuts off what stands after the last line feed: it was never acknowledged. Returns the length. */
async function cutTornLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - PIECE);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const at = buffer.lastIndexOf(LINE_FEED);
    if (at >= 0) {
      if (start + at + 1 < size) await file.truncate(start + at + 1);
      return start + at + 1;
    }
    end = start;
  }
  if (size > 0) await file.truncate(0);
  return 0;
}
