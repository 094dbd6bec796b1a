import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { HistoryHeader, LineResult, ProtocolAdapter, TraceLine, TraceSession } from "@shortfall/core";

const VECTORS = new URL("../../testing/vectors/", import.meta.url);

export type Mode = "observe" | "execute";

export interface GoldenFile {
  readonly name: string;
  readonly header: HistoryHeader;
  readonly lines: readonly TraceLine[];
}

export function goldenFiles(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, VECTORS))
    .filter((name) => name.endsWith(".jsonl.gz"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

export function readGolden(name: string): GoldenFile {
  const text = gunzipSync(readFileSync(new URL(name, VECTORS))).toString();
  const [header, ...values] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as HistoryHeader);
  if (!header) throw new Error(`${name} is empty`);
  return { name, header, lines: values.map((value, index) => ({ number: index + 2, value })) };
}

export const runLine = (session: TraceSession, mode: Mode, line: TraceLine, calls = true): LineResult =>
  mode === "observe" ? session.observe(line, { calls }) : session.execute(line);

/** Runs a file from its beginning, up to `end` lines. */
export function replay(adapter: ProtocolAdapter, file: GoldenFile, mode: Mode, end = file.lines.length) {
  const session = adapter.traces.open(file.header);
  const results = file.lines.slice(0, end).map((line) => runLine(session, mode, line));
  return { session, results };
}
