import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { aaveV3 } from "@shortfall/adapter-aave";
import { comet } from "@shortfall/adapter-compound";
import { morphoBlue } from "@shortfall/adapter-morpho";
import { HistoryAudit } from "@shortfall/audit";
import type { ChainTransaction, Position, ProtocolAdapter, SourceRecord } from "@shortfall/core";
import { HistoryFile } from "@shortfall/sources";
import type { SourceForm, SourceHistory } from "@shortfall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALLIUM, csv, DUNE, FLIPSIDE } from "./forms/csv.js";
import { database, decoded, decodedJson, RAW } from "./forms/database.js";
import { jsonLines } from "./forms/json-lines.js";
import { node } from "./forms/node.js";
import { BINARY, parquet, TEXT } from "./forms/parquet.js";

const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;

/** A golden trace as a chain would have it: logs with their places, and beside them what is no log. */
async function golden(name: string, adapter: ProtocolAdapter): Promise<SourceHistory> {
  const path = fileURLToPath(new URL(`../../testing/vectors/${name}.jsonl.gz`, import.meta.url));
  const file = await HistoryFile.open(path);
  const session = adapter.traces.open(file.header);
  const transactions: ChainTransaction[] = [];
  for await (const record of file.records()) {
    if (record.kind === "trace") transactions.push(session.transaction(record.line));
  }
  const indices = new Map<number, number>();
  const places = new Map<number, number>();
  const placed = transactions.flatMap((transaction, line): Placed[] => {
    const { block, timestamp } = transaction.position;
    const transactionIndex = places.get(block) ?? 0;
    places.set(block, transactionIndex + 1);
    const position = { block, timestamp, transaction: word(line + 1_000_000), transactionIndex };
    const call = transaction.logs.length > 0 ? transaction.readCall?.() : undefined;
    return [
      ...transaction.prices.map((update): Placed => ({ kind: "price", position, update })),
      ...(transaction.touched.length > 0
        ? [{ kind: "touch", position, addresses: transaction.touched } as const]
        : []),
      ...(call ? [{ kind: "call", position, call } as const] : []),
      ...transaction.logs.map((log): Placed => {
        const logIndex = indices.get(block) ?? 0;
        indices.set(block, logIndex + 1);
        const at = { ...position, logIndex };
        return {
          kind: "log",
          position: at,
          log: { ...log, logIndex },
          removed: false,
          blockHash: word(block),
        };
      }),
    ];
  });
  const addresses = [...new Set(transactions.flatMap(({ logs }) => logs.map(({ address }) => address)))];
  const [fromBlock, toBlock] = [transactions[0]!.position.block, transactions.at(-1)!.position.block];
  const header = {
    ...file.header,
    format: "shortfall-logs/1",
    chainId: Number(file.chainId ?? 1),
    rpc: { addresses, fromBlock, toBlock },
  };
  const records = placed.map((record, k) => ({ ...record, position: { ...record.position, line: k + 3 } }));
  return { header, records: [{ kind: "range", line: 2, fromBlock, toBlock }, ...records] };
}

type Placed = SourceRecord & { readonly position: Position };

let db: PGlite;
beforeAll(async () => {
  db = await PGlite.create();
}, 60_000);
afterAll(() => db.close());

describe.each<[string, ProtocolAdapter]>([
  ["compound-v3/07-reserves-negative", comet],
  ["morpho-blue/cascade-1", morphoBlue],
  ["aave-v3/11-umbrella-s201", aaveV3],
])("%s", (name, adapter) => {
  it("has one journal digest, through whichever source it comes", async () => {
    const history = await golden(name, adapter);
    const events = adapter.events ?? [];
    const forms: Readonly<Record<string, SourceForm>> = {
      "JSON Lines": jsonLines(false),
      "JSON Lines, gzip": jsonLines(true),
      "JSON-RPC": node(),
      "CSV of Dune": csv(DUNE),
      "CSV of Allium": csv(ALLIUM),
      "CSV of Flipside, gzip": csv(FLIPSIDE, true),
      "Parquet with text": parquet(TEXT),
      "Parquet with bytes": parquet(BINARY),
      "a table of logs": database(
        () => db,
        () => RAW,
        { events: [] },
      ),
      "a table of decoded events": database(
        () => db,
        (logs) => decoded(events, logs),
        { events },
      ),
      "a table of decoded events with JSON": database(
        () => db,
        () => decodedJson(events),
        { events },
      ),
    };
    const digests: Record<string, string> = {};
    for (const [form, { store }] of Object.entries(forms)) {
      const site = await store(history);
      const source = await site.open();
      const { header, style, complete } = source;
      const audit = new HistoryAudit(
        adapter,
        { name: form, header: { ...header, format: "shortfall-logs/1" }, style, complete },
        { calls: true },
      );
      await audit.read(source);
      await source.close();
      await site.destroy();
      const { model, writeOffs } = audit.result("");
      expect(writeOffs.length).toBeGreaterThan(0);
      digests[form] = `${model.journal.length} entries ${model.journal.digest()}`;
    }
    const first = digests["JSON Lines"];
    expect(digests).toEqual(Object.fromEntries(Object.keys(forms).map((form) => [form, first])));
  }, 60_000);
});
