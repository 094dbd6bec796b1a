import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { comet } from "@shortfall/adapter-compound";
import type { HistoryHeader, Journal } from "@shortfall/core";

export const VECTORS = new URL("../../testing/vectors/compound-v3/", import.meta.url);

/** Journal that re-executing a recorded trace gives. */
export function goldenJournal(name: string): Journal {
  const [header, ...lines] = gunzipSync(readFileSync(new URL(name, VECTORS)))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  const session = comet.traces.open(header as HistoryHeader);
  for (const [index, value] of lines.entries())
    session.observe({ number: index + 2, value }, { calls: true });
  return session.model.journal;
}
