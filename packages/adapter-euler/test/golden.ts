import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { HistoryHeader, TraceLine } from "@shortfall/core";

/** A golden file in memory. */
export interface Golden {
  readonly name: string;
  readonly header: HistoryHeader;
  readonly lines: readonly TraceLine[];
}

const folderOf = (set: string): URL => new URL(`../../testing/vectors/${set}/`, import.meta.url);

/** Files of a set of vectors. */
export const goldenFiles = (set: string): string[] =>
  readdirSync(folderOf(set))
    .filter((name) => name.endsWith(".jsonl.gz"))
    .sort();

export function readGolden(set: string, name: string): Golden {
  const text = gunzipSync(readFileSync(new URL(name, folderOf(set)))).toString("utf8");
  const [header, ...lines] = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    name,
    header: header as unknown as HistoryHeader,
    lines: lines.map((value, index) => ({ number: index + 2, value })),
  };
}
