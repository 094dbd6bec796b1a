import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { comet } from "@shortfall/adapter-compound";
import { canonicalJson, type HistoryHeader } from "@shortfall/core";
import { type BlockRange, NewEntries, type OpenReplay } from "../../src/index.js";
import { VECTORS } from "../golden.js";

function linesOf(name: string): readonly Record<string, unknown>[] {
  return gunzipSync(readFileSync(new URL(name, VECTORS)))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as Record<string, unknown>);
}

/** Re-executes a recorded trace, range after range. */
export const openComet: OpenReplay = async (_key, source) => {
  const [header, ...lines] = linesOf(source);
  const session = comet.traces.open(header as HistoryHeader);
  const { model } = session;
  const entries = new NewEntries(model.journal);
  let next = 0;
  return {
    header: model.journal.header,
    async advance(toBlock) {
      for (; next < lines.length && Number(lines[next]!.block) <= toBlock; next++) {
        session.observe({ number: next + 2, value: lines[next]! }, { calls: true });
      }
      return {
        entries: entries.take(),
        snapshot: Buffer.from(canonicalJson({ toBlock, pools: model.pools() })),
      };
    },
    close: async () => undefined,
  };
};

/** Blocks of a trace, so many of its lines a range. */
export function rangesOf(name: string, lines: number): BlockRange[] {
  const blocks = linesOf(name)
    .slice(1)
    .map((line) => Number(line.block));
  const ends = blocks.filter((_, index) => index % lines === lines - 1 || index === blocks.length - 1);
  return [...new Set(ends)].map((toBlock, index, all) => ({
    fromBlock: index === 0 ? blocks[0]! : all[index - 1]! + 1,
    toBlock,
  }));
}
