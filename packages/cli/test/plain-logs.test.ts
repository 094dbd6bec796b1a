import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtInAdapters } from "@shortfall/cli";
import type { ChainTransaction } from "@shortfall/core";
import { HistoryFile } from "@shortfall/sources";
import { afterAll, describe, expect, it } from "vitest";
import { json, temporaryFolder, writeLines } from "./shell.js";

const folder = temporaryFolder("plain");
afterAll(() => rmSync(folder, { recursive: true }));
const adapters = builtInAdapters();

/** The records that a node would have given for a trace: its logs, prices, touches and, where asked, calls. */
async function plainLogs(path: string): Promise<string> {
  const file = await HistoryFile.open(path);
  const { adapter, header } = adapters.for(file.header);
  const session = adapter.traces.open(header);
  const lines: unknown[] = [{ ...header, format: "shortfall-logs/1" }];
  let next = 0;
  for await (const record of file.records()) {
    if (record.kind !== "trace") continue;
    const transaction = session.transaction(record.line);
    lines.push(...recordsOf(transaction, record.line.number, () => next++));
  }
  return writeLines(join(folder, basename(path, ".gz")), lines);
}

function recordsOf(transaction: ChainTransaction, line: number, index: () => number): unknown[] {
  const { position, logs, prices, touched } = transaction;
  const at = {
    blockNumber: position.block,
    timestamp: position.timestamp,
    transactionHash: `0x${line.toString(16)}`,
  };
  const call = logs.length > 0 ? transaction.readCall?.() : undefined;
  return [
    ...prices.map(({ subject, price }) => ({ price: { subject, price: price.toString() }, ...at })),
    ...(touched.length > 0 ? [{ touch: touched, ...at }] : []),
    ...(call ? [{ call, ...at }] : []),
    ...logs.map(({ address, topics, data }) => ({
      address,
      topics,
      data,
      ...at,
      transactionIndex: 0,
      logIndex: index(),
    })),
  ];
}

describe("plain logs of real contracts", () => {
  it.each([
    ["compound-v3/07-reserves-negative"],
    ["aave-v3/01-mixed-s1"],
    ["venus-isolated/02-crash-cascade"],
    ["euler-v2/cascade-1"],
  ])("of %s give what the trace gives", async (name) => {
    const path = fileURLToPath(new URL(`../../testing/vectors/${name}.jsonl.gz`, import.meta.url));
    const trace = await json(["reconcile", path], { adapters });
    const logs = await json(["reconcile", await plainLogs(path)], { adapters });
    const amounts = (document: Record<string, unknown>): unknown[] =>
      (document.writeOffs as Record<string, unknown>[]).map(({ pool, account, reported, recomputed }) => [
        pool,
        account,
        reported,
        recomputed,
      ]);
    expect(trace.document.verdict).toBe("agree");
    expect(amounts(trace.document).length).toBeGreaterThan(0);
    expect(logs.document.findings).toEqual([]);
    expect(amounts(logs.document)).toEqual(amounts(trace.document));
    expect(logs.document.trialBalance).toEqual(
      (trace.document.trialBalance as object[]).map((row) => ({ ...row, history: basename(path, ".gz") })),
    );
    expect(logs.code).toBe(0);
  });
});

describe("a history under the wrong version", () => {
  it("is explained by the version under which it agrees", async () => {
    const path = fileURLToPath(
      new URL("../../testing/vectors/aave-v3-versions/v3.3.0-01-mixed-s101.jsonl.gz", import.meta.url),
    );
    const file = await HistoryFile.open(path);
    const lines: unknown[] = [{ ...file.header, version: "3.4.0" }];
    for await (const record of file.records()) if (record.kind === "trace") lines.push(record.line.value);
    const relabelled = writeLines(join(folder, "relabelled.jsonl"), lines);
    const { code, document } = await json(["reconcile", relabelled], { adapters });
    expect(code).toBe(1);
    expect(document.verdict).toBe("differ");
    const [finding] = document.findings as Record<string, unknown>[];
    expect(finding).toMatchObject({
      class: "wrong-version",
      field: "version",
      reported: "3.4.0",
      recomputed: "3.3",
    });
  });
});
