import { createReadStream } from "node:fs";
import { open, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import type { HistoryHeader } from "@shortfall/core";
import { headerLine } from "../history-header.js";
import { recordLine } from "../record-line.js";
import { type RpcCursor, readCursor } from "./cursor.js";
import { RpcCursorError } from "./errors.js";
import type { RpcRecords } from "./rpc-source.js";

/**
 * What was read of a node so far: a file of plain logs, and beside it the cursor that says how much of the file counts.
 * Whenever the process ends, the two fit together again at the next start.
 */
export class KeptHistory {
  readonly path: string;
  readonly #state: string;
  readonly #header: string;

  constructor(path: string, state: string, header: HistoryHeader) {
    this.path = path;
    this.#state = state;
    this.#header = headerLine(header);
  }

  /**
   * The cursor of what was kept, with the lines that it vouches for and no others; undefined if nothing was.
   *
   * @throws {RpcCursorError} what is there is of another history, or damaged.
   */
  async takeUp(): Promise<RpcCursor | undefined> {
    if (!(await exists(this.path)) || !(await exists(this.#state))) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(await readFile(this.#state, "utf8"));
    } catch (error) {
      throw new RpcCursorError(this.#state, "JSON", error instanceof Error ? error.message : String(error));
    }
    const cursor = readCursor(value);
    const first = await firstBytes(this.path, await endOfLine(this.path, 1));
    if (first !== `${this.#header}\n`) {
      throw new RpcCursorError("header", this.#header.slice(0, 80), first.slice(0, 80));
    }
    await truncate(this.path, await endOfLine(this.path, cursor.lines));
    return cursor;
  }

  /** Begins anew, with the header alone. */
  async begin(): Promise<void> {
    await rm(this.#state, { force: true });
    await writeFile(this.path, `${this.#header}\n`);
  }

  /** Adds a page. Lines first, cursor second: lines beyond the cursor are cut off when it is taken up. */
  async append({ records, cursor }: RpcRecords): Promise<void> {
    const handle = await open(this.path, "a");
    try {
      await handle.appendFile(records.map((record) => `${recordLine(record)}\n`).join(""));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#keep(cursor);
  }

  /** Drops what a reorganisation took back: all after the cursor, or everything. */
  async cut(cursor: RpcCursor | undefined): Promise<void> {
    if (cursor === undefined) {
      await rm(this.#state, { force: true });
      return;
    }
    await this.#keep(cursor);
    await truncate(this.path, await endOfLine(this.path, cursor.lines));
  }

  /** The history is whole: gives it its name, without a cursor. */
  async finish(file: string): Promise<void> {
    await rename(this.path, file);
    await rm(this.#state, { force: true });
  }

  /** Written under another name and renamed, so that it is never half there. */
  async #keep(cursor: RpcCursor): Promise<void> {
    await writeFile(`${this.#state}.new`, `${JSON.stringify(cursor)}\n`);
    await rename(`${this.#state}.new`, this.#state);
  }
}

async function firstBytes(file: string, length: number): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await handle.close();
  }
}

/** Bytes up to and including the line feed of a line. @throws {RpcCursorError} the file has fewer lines. */
async function endOfLine(file: string, line: number): Promise<number> {
  let lines = 0;
  let before = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
      lines++;
      if (lines === line) return before + at + 1;
    }
    before += chunk.length;
  }
  throw new RpcCursorError("lines", `${line} lines in ${file}`, `${lines}`);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
