import { createReadStream } from "node:fs";
import { open, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { headerLine } from "../history-header.js";
import { recordLine } from "../record-line.js";
import { type RpcCursor, readCursor } from "./cursor.js";
import { RpcCursorError, RpcReorganisedError, RpcRequestFault } from "./errors.js";
import type { RpcSourceOptions } from "./opening.js";
import { type RpcEffort, RpcLogSource } from "./rpc-source.js";

/** Reorganisations that a download follows before it gives up. */
const REORGANISATIONS = 5;

export interface DownloadOptions extends Omit<RpcSourceOptions, "cursor"> {
  /** Where the history goes. Until it is whole it is called `<file>.part`, with `<file>.cursor.json` beside it. */
  readonly file: string;
  readonly onPage?: (cursor: RpcCursor) => void;
}

export interface Download {
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly lines: number;
  /** Blocks that were there when it began; 0 for a new download. */
  readonly resumedAt: number;
  readonly effort: RpcEffort;
}

/**
 * Writes a history read from a node to a `shortfall-logs/1` file, page by page. Carries on where an earlier try was
 * interrupted, wherever that was; blocks that a reorganisation took back are cut off and read again.
 *
 * @throws {RpcRequestFault} the file exists: finished histories are not overwritten.
 * @throws {RpcCursorError} the interrupted download was of something else.
 * @throws as `RpcLogSource`.
 */
export async function downloadHistory(options: DownloadOptions): Promise<Download> {
  const { file } = options;
  if (await exists(file)) throw new RpcRequestFault("file", "a name that is free", file);
  const part = `${file}.part`;
  const state = `${file}.cursor.json`;
  let cursor = await takeUp(part, state, headerLine(options.header));
  const resumedAt = cursor?.nextBlock ?? 0;
  for (let round = 1; ; round++) {
    try {
      const source = await RpcLogSource.open({ ...options, ...(cursor === undefined ? {} : { cursor }) });
      if (cursor === undefined) await writeFile(part, `${headerLine(options.header)}\n`);
      await append(source, part, state, options.onPage);
      await rename(part, file);
      await rm(state, { force: true });
      const { fromBlock, toBlock, lines } = source.cursor;
      return { fromBlock, toBlock, lines, resumedAt, effort: source.effort };
    } catch (error) {
      if (!(error instanceof RpcReorganisedError) || round > REORGANISATIONS) throw error;
      cursor = error.resume;
      if (cursor === undefined) await rm(state, { force: true });
      else {
        await keepCursor(state, cursor);
        await truncate(part, await endOfLine(part, cursor.lines));
      }
    }
  }
}

async function append(
  source: RpcLogSource,
  part: string,
  state: string,
  onPage: DownloadOptions["onPage"],
): Promise<void> {
  const handle = await open(part, "a");
  try {
    for await (const { records, cursor } of source.pages()) {
      await handle.appendFile(records.map((record) => `${recordLine(record)}\n`).join(""));
      // Lines first, cursor second: lines beyond the cursor are cut off when the download is taken up.
      await handle.sync();
      await keepCursor(state, cursor);
      onPage?.(cursor);
    }
  } finally {
    await handle.close();
  }
}

/** The cursor of an interrupted download, with the lines that it vouches for and no others. */
async function takeUp(part: string, state: string, header: string): Promise<RpcCursor | undefined> {
  if (!(await exists(part)) || !(await exists(state))) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(state, "utf8"));
  } catch (error) {
    throw new RpcCursorError(state, "JSON", error instanceof Error ? error.message : String(error));
  }
  const cursor = readCursor(value);
  const first = await firstBytes(part, await endOfLine(part, 1));
  if (first !== `${header}\n`) throw new RpcCursorError("header", header.slice(0, 80), first.slice(0, 80));
  await truncate(part, await endOfLine(part, cursor.lines));
  return cursor;
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

/** Written under another name and renamed, so that it is never half there. */
async function keepCursor(state: string, cursor: RpcCursor): Promise<void> {
  await writeFile(`${state}.new`, `${JSON.stringify(cursor)}\n`);
  await rename(`${state}.new`, state);
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

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
