import { fileURLToPath } from "node:url";
import type { SourceRecord } from "@shortfall/core";
import {
  HistoryFile,
  httpEndpoint,
  RpcLogSource,
  RpcReorganisedError,
  type RpcSourceOptions,
} from "@shortfall/sources";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Anvil, anvilBinary } from "./anvil.js";
import type { Emission } from "./emitter.js";

const TRACE = "compound-v3/07-reserves-negative";

interface RecordedLine {
  readonly block: number;
  readonly timestamp: number;
  readonly logs: readonly Emission[];
}

type Log = SourceRecord & { readonly kind: "log" };

const binary = anvilBinary();
const named = `a real node${binary === undefined ? " (left out: the anvil binary is not installed for this platform)" : ""}`;

async function linesOf(name: string): Promise<RecordedLine[]> {
  const path = fileURLToPath(new URL(`../../testing/vectors/${name}.jsonl.gz`, import.meta.url));
  const file = await HistoryFile.open(path);
  const lines: RecordedLine[] = [];
  for await (const record of file.records()) {
    if (record.kind !== "trace") continue;
    const { block, timestamp, logs } = record.line.value as unknown as RecordedLine;
    lines.push({ block, timestamp, logs: logs ?? [] });
  }
  return lines;
}

const what = ({ position, log }: Log): unknown[] => [
  position.block,
  position.timestamp,
  log.address,
  log.topics,
  log.data,
];

/** Logs as they were recorded, in order. */
const recordedLogs = (lines: readonly RecordedLine[]): unknown[] =>
  lines.flatMap(({ block, timestamp, logs }) =>
    logs.map(({ address, topics, data }) => [block, timestamp, address, topics, data]),
  );

const addressesOf = (lines: readonly RecordedLine[]): string[] => [
  ...new Set(lines.flatMap(({ logs }) => logs.map(({ address }) => address))),
];

/** A node that makes the recorded logs again, in blocks of the recorded numbers and times. */
async function replay(lines: readonly RecordedLine[]): Promise<Anvil> {
  const first = lines[0]!;
  const node = await Anvil.start(binary!, { number: first.block - 1, timestamp: first.timestamp - 1 });
  let block = first.block - 1;
  for (const line of lines) {
    // These histories have a line a block and no holes.
    if (line.block !== ++block) throw new Error(`block ${line.block} comes where ${block} should`);
    await node.mine(line.logs.length > 0 ? [line.logs] : [], line.timestamp);
  }
  return node;
}

describe.skipIf(binary === undefined)(named, () => {
  let node: Anvil;
  let lines: RecordedLine[];
  let addresses: string[];
  let last: number;
  let clean: SourceRecord[];

  beforeAll(async () => {
    lines = await linesOf(TRACE);
    addresses = addressesOf(lines);
    node = await replay(lines);
    last = lines[lines.length - 1]!.block;
    clean = await read({});
  });
  afterAll(() => node?.stop());

  const options = (more: Partial<RpcSourceOptions>): RpcSourceOptions => ({
    transport: httpEndpoint(node.url),
    header: { protocol: "compound-v3", version: "Comet" },
    addresses,
    fromBlock: lines[0]!.block,
    end: { block: last },
    pageBlocks: 50,
    ...more,
    patience: { attempts: 3, sleep: async () => undefined },
  });

  async function read(more: Partial<RpcSourceOptions>): Promise<SourceRecord[]> {
    const records: SourceRecord[] = [];
    for await (const page of (await RpcLogSource.open(options(more))).pages()) records.push(...page.records);
    return records;
  }

  /** Between reader and node: may change a request's answer, or not let it through. */
  const proxied = (
    change: (request: { method: string; params: readonly unknown[] }, count: number) => Change | undefined,
  ): Partial<RpcSourceOptions> => {
    let count = 0;
    const through = (async (url: string, init: RequestInit): Promise<Response> => {
      const requests = JSON.parse(String(init.body)) as {
        method: string;
        params: readonly unknown[];
        id: number;
      }[];
      const changes = requests.map((request) =>
        request.method === "eth_getLogs" ? change(request, count++) : undefined,
      );
      if (changes.includes("stall")) {
        return new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        });
      }
      const response = await fetch(url, init);
      const answers = (await response.json()) as { id: number; result?: unknown }[];
      const changed = answers.map((answer) => {
        const change = changes[requests.findIndex(({ id }) => id === answer.id)];
        if (change === undefined || change === "stall") return answer;
        if ("error" in change) return { jsonrpc: "2.0", id: answer.id, error: change.error };
        return { ...answer, result: change.logs(answer.result as object[]) };
      });
      return new Response(JSON.stringify(changed), { headers: { "content-type": "application/json" } });
    }) as typeof fetch;
    return { transport: httpEndpoint(node.url, { fetch: through, timeoutMs: 300 }) };
  };
  type Change =
    | "stall"
    | { readonly error: { readonly code: number; readonly message: string } }
    | { readonly logs: (logs: object[]) => object[] };

  it("gives back a recorded history: addresses, topics, data, order and times", () => {
    const recorded = recordedLogs(lines);
    const logs = clean.filter((record): record is Log => record.kind === "log");
    expect(recorded.length).toBeGreaterThan(300);
    expect(logs.map(what)).toEqual(recorded);
    expect(clean[0]).toEqual({ kind: "range", line: 2, fromBlock: lines[0]!.block, toBlock: last });
  });

  it.each(["aave-v3/01-mixed-s1", "euler-v2/cascade-1"])("gives back %s as well", async (name) => {
    const others = await linesOf(name);
    const other = await replay(others);
    try {
      const source = await RpcLogSource.open({
        transport: httpEndpoint(other.url),
        header: { protocol: "any", version: "any" },
        addresses: addressesOf(others),
        fromBlock: others[0]!.block,
        end: { block: others[others.length - 1]!.block },
        pageBlocks: 64,
      });
      const logs: Log[] = [];
      for await (const record of source.records()) if (record.kind === "log") logs.push(record);
      expect(logs.map(what)).toEqual(recordedLogs(others));
    } finally {
      await other.stop();
    }
  });

  it.each(["bloom", "receipts", "second"] as const)("agrees with itself by %s", async (verify) => {
    expect(await read({ verify, second: httpEndpoint(node.url) })).toEqual(clean);
  });

  it("ends at the block that it calls finalised", async () => {
    const { end: _end, ...unpinned } = options({});
    const source = await RpcLogSource.open(unpinned);
    expect(source.cursor.toBlock).toBe(last - 2);
  });

  it("may cap ranges, be silent, repeat and shuffle without a trace in the records", async () => {
    const capped = proxied(({ params }) => {
      const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string };
      return Number(toBlock) - Number(fromBlock) >= 20
        ? { error: { code: -32602, message: "range 50 exceeds limit of 20" } }
        : undefined;
    });
    expect(await read(capped)).toEqual(clean);
    expect(await read(proxied((_request, count) => (count < 2 ? "stall" : undefined)))).toEqual(clean);
    const shuffled = proxied(() => ({ logs: (logs) => [...logs, ...logs.slice(0, 5)].reverse() }));
    expect(await read(shuffled)).toEqual(clean);
  });

  it("that leaves out a log is found out by its own receipts", async () => {
    const holed = proxied(() => ({ logs: (logs) => logs.filter((_log, index) => index !== 7) }));
    await expect(read({ ...holed, verify: "receipts" })).rejects.toMatchObject({ code: "SF_RPC_REPLY" });
    await expect(read({ ...holed, verify: "bloom" })).rejects.toMatchObject({ code: "SF_RPC_REPLY" });
  });

  it("shows calls without logs as touches, and no reverted ones", async () => {
    const back = await node.snapshot();
    const [quiet, loud] = addresses as [string, string];
    const time = lines[lines.length - 1]!.timestamp;
    // One STOP: a call that succeeds and says nothing.
    await node.call("anvil_setCode", [quiet, "0x00"]);
    await node.send(quiet, "0x");
    await node.mine([[{ address: loud, topics: [], data: "0x01" }]], time + 1);
    await node.call("anvil_setCode", [quiet, "0x5f5ffd"]);
    await node.send(quiet, "0x");
    await node.mine([], time + 2);
    const records = await read({
      fromBlock: last + 1,
      end: { block: last + 2 },
      verify: "receipts",
      touches: true,
    });
    expect(records.map(({ kind }) => kind)).toEqual(["range", "touch", "log"]);
    expect(records[1]).toMatchObject({
      addresses: [quiet],
      position: { block: last + 1, timestamp: time + 1 },
    });
    await back();
  });

  it("that takes blocks back is noticed by their hashes, and read on from what stands", async () => {
    const [address] = addresses as [string];
    const time = lines[lines.length - 1]!.timestamp;
    const log = (data: string): Emission[] => [{ address, topics: [], data }];
    for (const depth of [1, 3, 5]) {
      const undo = await node.snapshot();
      for (let k = 1; k <= 6 - depth; k++) await node.mine([log("0x01")], time + k);
      const back = await node.snapshot();
      for (let k = 7 - depth; k <= 6; k++) await node.mine([log("0x02")], time + k);
      const tail = { fromBlock: last + 1, end: { block: last + 8 }, pageBlocks: 1 };
      for (let k = 7; k <= 8; k++) await node.mine([log("0x02")], time + k);
      const pages = (await RpcLogSource.open(options(tail))).pages();
      let kept: SourceRecord[] = [];
      for (let page = 0; page < 6; page++) kept.push(...(await pages.next()).value.records);
      await back();
      for (let k = 7 - depth; k <= 8; k++) await node.mine([log("0x03")], time + k);
      const failure: unknown = await pages.next().catch((error: unknown) => error);
      if (!(failure instanceof RpcReorganisedError) || !failure.resume) throw failure;
      expect(failure.resume.nextBlock).toBe(last + 7 - depth);
      kept = kept.slice(0, failure.resume.lines - 1);
      kept.push(...(await read({ ...tail, cursor: failure.resume })));
      expect(kept).toEqual(await read(tail));
      expect(kept.filter((record) => record.kind === "log" && record.log.data === "0x02")).toEqual([]);
      await undo();
    }
    // The snapshots leave the recorded history as it was.
    expect(await read({})).toEqual(clean);
  });
});
