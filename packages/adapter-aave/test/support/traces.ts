import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { HistoryHeader, TraceLine } from "@shortfall/core";

const vectors = new URL("../../../testing/vectors/", import.meta.url);

/** A golden file in memory. */
export interface Trace {
  readonly header: HistoryHeader;
  readonly lines: readonly TraceLine["value"][];
}

/** Reads a golden file of one of the vector folders. */
export function readTrace(folder: string, file: string): Trace {
  const text = gunzipSync(readFileSync(new URL(`${folder}/${file}`, vectors))).toString("utf8");
  const [header, ...lines] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { header, lines };
}

/** Golden files of a folder, in order. */
export const filesOf = (folder: string): string[] =>
  readdirSync(new URL(folder, vectors))
    .filter((name) => name.endsWith(".jsonl.gz"))
    .sort();

/** A generator of whole numbers below a bound that repeats for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
