import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type {
  ChainLog,
  HistoryHeader,
  LineResult,
  ProtocolAdapter,
  TraceLine,
  TraceSession,
} from "@shortfall/core";

const VECTORS = new URL("../../testing/vectors/", import.meta.url);

export type Mode = "observe" | "execute";

/** A line's value, as the recordings have it. */
export interface RecordedValue extends Readonly<Record<string, unknown>> {
  readonly timestamp: number;
  readonly block: number;
  readonly reverted: string | null;
  readonly logs: readonly (ChainLog & {
    readonly name: string;
    readonly args: Readonly<Record<string, string>>;
  })[];
  readonly action: Readonly<Record<string, string>> & { readonly type: string };
}

export interface RecordedLine extends TraceLine {
  readonly value: RecordedValue;
}

/** A header that tests may change before they open it. */
export interface LooseHeader extends HistoryHeader {
  readonly params: Record<string, unknown> & { readonly markets: { initialPrice?: string; lltv?: string }[] };
  readonly initialState: { prices?: unknown };
}

export interface GoldenFile {
  readonly name: string;
  readonly header: LooseHeader;
  readonly lines: readonly RecordedLine[];
}

export function goldenFiles(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, VECTORS))
    .filter((name) => name.endsWith(".jsonl.gz"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

export function readGolden(name: string): GoldenFile {
  const text = gunzipSync(readFileSync(new URL(name, VECTORS))).toString();
  const [first, ...rest] = text.trim().split("\n");
  const header: LooseHeader = JSON.parse(first ?? "");
  return {
    name,
    header,
    lines: rest.map((line, index): RecordedLine => ({ number: index + 2, value: JSON.parse(line) })),
  };
}

export const runLine = (session: TraceSession, mode: Mode, line: TraceLine, calls = true): LineResult =>
  mode === "observe" ? session.observe(line, { calls }) : session.execute(line);

/** Runs a file from its beginning, up to `end` lines. */
export function replay(adapter: ProtocolAdapter, file: GoldenFile, mode: Mode, end = file.lines.length) {
  const session = adapter.traces.open(file.header);
  const results = file.lines.slice(0, end).map((line) => runLine(session, mode, line));
  return { session, results };
}
