import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { HistoryAudit, type HistoryResult } from "@shortfall/audit";
import { builtInAdapters } from "@shortfall/cli";
import type { HistoryHeader, LogSource, ProtocolAdapter } from "@shortfall/core";
import type { HistoryLine } from "./kinds.js";

const VECTORS = new URL("../../../testing/vectors/", import.meta.url);
const FOLDERS = [
  "aave-v3",
  "aave-v3-bundles",
  "aave-v3-versions",
  "compound-v2",
  "compound-v3",
  "euler-v2",
  "euler-v2-batches",
  "metamorpho",
  "metamorpho-ops",
  "morpho-blue",
  "venus-isolated",
];

/** A golden history, read whole. */
export interface GoldenHistory {
  readonly file: string;
  readonly adapter: ProtocolAdapter;
  readonly header: HistoryHeader;
  readonly lines: readonly HistoryLine[];
}

/** Names of all golden histories, folder by folder. */
export const goldenFiles = (): string[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, VECTORS))
      .filter((name) => name.endsWith(".jsonl.gz"))
      .sort()
      .map((name) => `${folder}/${name}`),
  );

export function goldenHistory(file: string): GoldenHistory {
  const [head, ...rest] = gunzipSync(readFileSync(new URL(file, VECTORS)))
    .toString()
    .trim()
    .split("\n");
  const { adapter, header } = builtInAdapters().for(JSON.parse(head!));
  return { file, adapter, header, lines: rest.map((text) => JSON.parse(text) as HistoryLine) };
}

/** Reconciles lines of a golden history, as `reconcile` does before it tries other versions. */
export async function reconcileLines(
  { file, adapter, header }: GoldenHistory,
  lines: readonly HistoryLine[],
): Promise<HistoryResult> {
  const source: LogSource = {
    name: file,
    header,
    style: "trace",
    complete: false,
    continues: false,
    async *records() {
      for (const [index, value] of lines.entries()) {
        yield { kind: "trace" as const, line: { number: index + 2, value } };
      }
      return { name: file, bytes: 0, sha256: "" };
    },
    close: async () => {},
  };
  const audit = new HistoryAudit(adapter, source, { calls: true });
  await audit.read(source);
  return audit.result();
}
