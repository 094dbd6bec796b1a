import type { SourceRecord } from "@shortfall/core";
import {
  type BesideRecord,
  httpEndpoint,
  type RpcCursor,
  RpcLogSource,
  RpcReorganisedError,
  type RpcSourceOptions,
  readCursor,
  readLogRecord,
  recordLine,
} from "@shortfall/sources";
import { describe, expect, it } from "vitest";
import { ScriptedNode } from "./scripted-node.js";

const POOL = `0x${"aa".repeat(20)}`;
const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;

function mine(node: ScriptedNode, upTo: number, fork = ""): void {
  for (let block = node.blocks.length; block <= upTo; block++) {
    const seed = fork === "" ? block : block + 1000;
    node.mine(
      block % 3 === 1 ? [{ logs: [{ address: POOL, topics: [word(seed)], data: "0x01" }] }] : [],
      fork,
    );
  }
}

function node(): ScriptedNode {
  const fresh = new ScriptedNode();
  mine(fresh, 30);
  return fresh;
}

const open = (from: ScriptedNode, options: Partial<RpcSourceOptions> = {}): Promise<RpcLogSource> =>
  RpcLogSource.open({
    transport: httpEndpoint("http://node.invalid", { fetch: from.fetch }),
    header: { protocol: "toy", version: "1.0" },
    addresses: [POOL],
    fromBlock: 0,
    pageBlocks: 5,
    end: { confirmations: 0 },
    ...options,
    patience: { attempts: 3, sleep: async () => undefined },
  });

async function readAll(from: ScriptedNode, options: Partial<RpcSourceOptions> = {}): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const page of (await open(from, options)).pages()) records.push(...page.records);
  return records;
}

/** A caller as the cursor asks for one: keeps lines, cuts them where an error says so, reads on. */
async function keepReading(from: ScriptedNode, before: (page: number) => void): Promise<SourceRecord[]> {
  let kept: SourceRecord[] = [];
  let cursor: RpcCursor | undefined;
  let page = 0;
  for (let round = 0; round < 10; round++) {
    try {
      const source = await open(
        from,
        cursor === undefined ? {} : { cursor: readCursor(JSON.parse(JSON.stringify(cursor))) },
      );
      for await (const { records, cursor: next } of source.pages()) {
        kept.push(...records);
        cursor = next;
        before(++page);
      }
      return kept;
    } catch (error) {
      if (!(error instanceof RpcReorganisedError)) throw error;
      cursor = error.resume;
      kept = cursor === undefined ? [] : kept.slice(0, cursor.lines - 1);
    }
  }
  throw new Error("never came to an end");
}

describe("a cursor", () => {
  it("carries on where a reading was left, with the same lines", async () => {
    const whole = await readAll(node());
    for (let stop = 1; stop <= 6; stop++) {
      const kept: SourceRecord[] = [];
      let cursor: RpcCursor | undefined;
      for await (const page of (await open(node())).pages()) {
        kept.push(...page.records);
        cursor = page.cursor;
        if (cursor.nextBlock >= stop * 5) break;
      }
      kept.push(...(await readAll(node(), { cursor: cursor! })));
      expect(kept).toEqual(whole);
    }
  });

  it("keeps its end though the chain has grown", async () => {
    const growing = node();
    const source = await open(growing);
    const first = await source.pages().next();
    mine(growing, 50);
    const rest = await readAll(growing, { cursor: first.value.cursor });
    expect([...first.value.records, ...rest]).toEqual(await readAll(node()));
  });

  it.each<[string, Partial<RpcSourceOptions>, string]>([
    ["another start", { fromBlock: 1 }, "fromBlock"],
    ["other contracts", { addresses: [`0x${"bb".repeat(20)}`] }, "filter"],
    ["other topics", { topics: [word(1)] }, "filter"],
  ])("is refused for %s", async (_what, options, field) => {
    const { value } = await (await open(node())).pages().next();
    const cursor = (value as { cursor: RpcCursor }).cursor;
    await expect(open(node(), { ...options, cursor })).rejects.toMatchObject({
      code: "SF_RPC_CURSOR",
      field,
    });
  });

  it("is refused by a node that is behind it", async () => {
    const { value } = await (await open(node())).pages().next();
    const behind = node();
    behind.cut(20);
    await expect(open(behind, { cursor: value.cursor })).rejects.toMatchObject({
      code: "SF_RPC_ENDPOINT",
      reason: expect.stringContaining("newest block is 19"),
    });
  });

  it.each<[string, object | null, string]>([
    ["nothing", null, "(all)"],
    ["another format", { format: "x" }, "format"],
    ["a block that is text", { nextBlock: "5" }, "nextBlock"],
    ["a next block that its anchors do not lead to", { nextBlock: 9 }, "nextBlock"],
    ["an anchor without hash", { anchors: [{ block: 4, lines: 3 }] }, "anchors[0].hash"],
  ])("is refused as %s", async (_what, change, field) => {
    const { value } = await (await open(node())).pages().next();
    const changed = change === null ? null : { ...value.cursor, ...change };
    expect(() => readCursor(changed)).toThrowError(expect.objectContaining({ code: "SF_RPC_CURSOR", field }));
  });
});

describe("records that nodes do not give", () => {
  const at = (block: number, more: object = {}) => ({
    block,
    timestamp: 1_700_000_000 + block * 12,
    ...more,
  });
  const price = (block: number, amount: bigint, more: object = {}) =>
    ({ kind: "price", position: at(block, more), update: { subject: "A", price: amount } }) as const;
  const besides: BesideRecord[] = [
    price(0, 1n),
    price(7, 2n, { transactionIndex: 0 }),
    { kind: "checkpoint", position: at(7), pool: "p", values: new Map([["cash", 1n]]) },
    price(7, 3n),
    price(30, 4n),
  ];

  it("stand among the logs by block and transaction, wherever pages end", async () => {
    const clean = await readAll(node());
    for (const pageBlocks of [1, 5, 100]) {
      const records = await readAll(node(), { besides, pageBlocks });
      expect(records.map((record) => ("position" in record ? record.position.line : record.line))).toEqual(
        records.map((_record, index) => index + 2),
      );
      const at7 = records.filter((record) => "position" in record && record.position.block === 7);
      expect(at7.map(({ kind }) => kind)).toEqual(["price", "price", "log", "checkpoint"]);
      expect(at7.slice(0, 2)).toMatchObject([{ update: { price: 3n } }, { update: { price: 2n } }]);
      expect(records[1]).toMatchObject({ kind: "price", update: { price: 1n } });
      expect(records[records.length - 1]).toMatchObject({ kind: "price", update: { price: 4n } });
      expect(records).toHaveLength(clean.length + besides.length);
    }
  });

  it("are refused outside the blocks read, and on resuming with others", async () => {
    await expect(open(node(), { besides: [price(31, 1n)] })).rejects.toMatchObject({
      code: "SF_RPC_REQUEST",
    });
    const { value } = await (await open(node(), { besides })).pages().next();
    await expect(open(node(), { besides: besides.slice(1), cursor: value.cursor })).rejects.toMatchObject({
      code: "SF_RPC_CURSOR",
      field: "filter",
    });
  });
});

describe("a reorganisation", () => {
  it.each([1, 2, 3, 4, 5])("during page %s ends in the records of the final chain", async (at) => {
    for (const depth of [1, 8, 20]) {
      const moving = node();
      let moved = false;
      const records = await keepReading(moving, (page) => {
        if (page !== at || moved) return;
        moved = true;
        moving.cut(Math.max(0, page * 5 - depth));
        mine(moving, 30, `fork ${depth}`);
      });
      expect(records).toEqual(await readAll(moving));
    }
  });

  it("names the block that fell and the cursor of the last page that stands", async () => {
    const moving = node();
    const pages = (await open(moving)).pages();
    await pages.next();
    const second = await pages.next();
    moving.cut(7);
    mine(moving, 30, "fork");
    await expect(pages.next()).rejects.toMatchObject({
      code: "SF_RPC_REORGANISED",
      block: 9,
      received: moving.blocks[9]!.hash,
      resume: { nextBlock: 5, lines: 4 },
    });
    await expect(open(moving, { cursor: second.value.cursor })).rejects.toMatchObject({ block: 9 });
  });

  it("from the start leaves nothing to resume", async () => {
    const moving = node();
    const pages = (await open(moving)).pages();
    await pages.next();
    moving.cut(0);
    mine(moving, 30, "fork");
    await expect(pages.next()).rejects.toMatchObject({ code: "SF_RPC_REORGANISED", resume: undefined });
  });

  it("between a page's requests never mixes two forks", async () => {
    for (let at = 0; at < 9; at++) {
      const moving = node();
      let calls = 0;
      moving.script = () => {
        if (++calls === at + 4) {
          moving.cut(2);
          mine(moving, 30, "fork");
        }
        return undefined;
      };
      const records = await keepReading(moving, () => undefined);
      const hashes = new Set(moving.blocks.map(({ hash }) => hash));
      expect(records.filter((record) => record.kind === "log" && !hashes.has(record.blockHash!))).toEqual([]);
      moving.script = () => undefined;
      expect(records).toEqual(await readAll(moving));
    }
  });
});

describe("recordLine", () => {
  it("writes lines that read back as the same records", () => {
    const position = { block: 7, timestamp: 1700, transaction: "0xaa", transactionIndex: 2, line: 5 };
    const records: SourceRecord[] = [
      { kind: "range", line: 5, fromBlock: 1, toBlock: 9 },
      {
        kind: "log",
        position: { ...position, logIndex: 3 },
        log: { address: POOL, topics: [word(1)], data: "0x01", logIndex: 3 },
        removed: false,
        blockHash: word(2),
      },
      {
        kind: "log",
        position: { ...position, logIndex: 3 },
        log: { address: POOL, topics: [], data: "0x", logIndex: 3 },
        removed: true,
      },
      { kind: "price", position, update: { subject: "WETH", price: 10n ** 30n } },
      { kind: "touch", position, addresses: [POOL] },
      { kind: "call", position, call: { type: "absorb" } },
      { kind: "checkpoint", position, pool: "p", values: new Map([["cash", -(10n ** 30n)]]) },
    ];
    for (const record of records) {
      const line = { number: 5, value: JSON.parse(recordLine(record)) as Record<string, unknown> };
      expect(readLogRecord(line, "file", undefined)).toEqual(record);
    }
    expect(() => recordLine({ kind: "trace", line: { number: 1, value: {} } })).toThrowError(/trace/);
  });
});
