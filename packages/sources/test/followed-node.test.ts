import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourceRecord } from "@shortfall/core";
import { FollowedNode, type FollowedNodeOptions, httpEndpoint, recordLine } from "@shortfall/sources";
import { afterAll, describe, expect, it } from "vitest";
import { ScriptedNode } from "./scripted-node.js";

const folder = mkdtempSync(join(tmpdir(), "followed-node-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const POOL = `0x${"aa".repeat(20)}`;
const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;

/** A log in every second block. */
function mine(node: ScriptedNode, upTo: number, fork = 0): void {
  for (let block = node.blocks.length; block <= upTo; block++) {
    const logs = [{ address: POOL, topics: [word(block + fork)], data: "0x01" }];
    node.mine(block % 2 === 1 ? [{ logs }] : [], fork === 0 ? "" : String(fork));
  }
}

const options = (node: ScriptedNode, more: Partial<FollowedNodeOptions> = {}): FollowedNodeOptions => ({
  transport: httpEndpoint("http://node.invalid", { fetch: node.fetch }),
  header: { protocol: "toy", version: "1.0" },
  addresses: [POOL],
  fromBlock: 0,
  pageBlocks: 4,
  interval: 1,
  patience: { attempts: 2, sleep: async () => undefined },
  file: join(folder, `${files++}.jsonl`),
  ...more,
});

/** What a reader has in the end: after a reorganisation only what stands. `steps` happen at each head. */
async function follow(given: FollowedNodeOptions, steps: readonly (() => void)[] = []) {
  const stop = new AbortController();
  const source = await FollowedNode.open(given);
  let lines: string[] = [];
  const reorganised: number[] = [];
  const heads: (readonly [block: number, finalBlock: number | null])[] = [];
  let step = 0;
  const take = async (records: Iterable<SourceRecord> | AsyncIterable<SourceRecord>): Promise<void> => {
    for await (const record of records) if (record.kind !== "range") lines.push(recordLine(record));
  };
  for await (const batch of source.batches(stop.signal)) {
    if (batch.kind === "records") await take(batch.records);
    else if (batch.kind === "reorganised") {
      lines = [];
      await take(batch.records);
      reorganised.push(batch.fromBlock);
    } else {
      heads.push([batch.block, batch.finalBlock]);
      if (step < steps.length) steps[step++]!();
      else stop.abort();
    }
  }
  return { lines, reorganised, heads };
}

/** The blocks' logs as a clean reading gives them. */
const clean = async (node: ScriptedNode, more: Partial<FollowedNodeOptions> = {}): Promise<string[]> =>
  (await follow(options(node, { once: true, ...more }))).lines;

describe("a chain that grows", () => {
  it("is read up to its final block, again and again", async () => {
    const node = new ScriptedNode();
    mine(node, 10);
    const { lines, heads } = await follow(options(node), [() => mine(node, 11), () => mine(node, 25)]);
    expect(heads).toEqual([
      [8, 8],
      [9, 9],
      [23, 23],
    ]);
    expect(lines).toEqual(await clean(node));
    expect(lines.length).toBe(12);
  });

  it("is read to its newest block if asked, and begins again where blocks were taken back", async () => {
    const node = new ScriptedNode();
    mine(node, 10);
    const given = options(node, { pending: true });
    const { lines, reorganised, heads } = await follow(given, [
      () => mine(node, 12),
      () => {
        node.cut(10);
        mine(node, 14, 1000);
      },
    ]);
    expect(heads.at(0)).toEqual([10, 8]);
    expect(heads.at(-1)).toEqual([14, 12]);
    // The first is the start itself, with nothing kept.
    expect(reorganised[0]).toBe(0);
    expect(reorganised.slice(1)).toEqual([8]);
    expect(lines).toEqual(await clean(node, { pending: true }));
    const kept = readFileSync(given.file, "utf8").trimEnd().split("\n").slice(1);
    expect(kept.filter((line) => !line.startsWith('{"range"'))).toEqual(lines);
  });

  it("follows a chain that is shorter after a reorganisation", async () => {
    const node = new ScriptedNode();
    mine(node, 20);
    const { lines } = await follow(options(node, { pending: true }), [
      () => {
        node.cut(16);
        mine(node, 17, 500);
      },
      () => mine(node, 21, 500),
    ]);
    expect(lines).toEqual(await clean(node, { pending: true }));
  });

  it("goes on from what was kept, and asks for nothing twice", async () => {
    const node = new ScriptedNode();
    mine(node, 30);
    const given = options(node);
    await follow(given);
    mine(node, 40);
    const asked: number[] = [];
    node.script = ({ method, params }) => {
      if (method === "eth_getLogs") asked.push(Number((params[0] as { fromBlock: string }).fromBlock));
      return undefined;
    };
    const { lines, reorganised } = await follow(given);
    expect(reorganised).toEqual([29]);
    expect(Math.min(...asked)).toBe(29);
    node.script = () => undefined;
    expect(lines).toEqual(await clean(node));
  });

  it("waits for a chain that has not come to the first block", async () => {
    const node = new ScriptedNode();
    mine(node, 5);
    node.script = ({ count, method }) => {
      if (method === "eth_chainId" && count === 6) mine(node, 20);
      return undefined;
    };
    const { lines } = await follow(options(node, { fromBlock: 10 }));
    expect(node.count("eth_chainId")).toBeGreaterThan(6);
    expect(lines).toEqual(await clean(node, { fromBlock: 10 }));
    expect(lines.length).toBe(4);
  });

  it("waits for an endpoint that is away, if somebody is told, and ends otherwise", async () => {
    const node = new ScriptedNode();
    mine(node, 20);
    const away = (): void => {
      let calls = 0;
      node.script = () =>
        calls++ < 4 ? { error: { code: -32000, message: "starting up" }, status: 503 } : undefined;
    };
    away();
    const troubles: string[] = [];
    const { lines } = await follow(options(node, { onTrouble: ({ code }) => troubles.push(code) }));
    expect(troubles).toEqual(["SF_RPC_ENDPOINT", "SF_RPC_ENDPOINT"]);
    expect(lines).toEqual(await clean(node));
    away();
    await expect(follow(options(node))).rejects.toMatchObject({ code: "SF_RPC_ENDPOINT" });
  });
});
