import { type SourceRecord, toHex } from "@shortfall/core";
import { httpEndpoint, type RpcCheckpoint, RpcLogSource, readImplementations } from "@shortfall/sources";
import { decodeFunctionData, encodeFunctionResult, parseAbi } from "viem";
import { describe, expect, it } from "vitest";
import { type Script, ScriptedNode } from "./scripted-node.js";

const POOL = `0x${"aa".repeat(20)}`;
const MULTICALL = "0xca11bde05977b3631167028862be2a173976ca11";
const abi = parseAbi([
  "function aggregate3((address target, bool allowFailure, bytes callData)[] calls) view returns ((bool success, bytes returnData)[] results)",
]);
const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;
const patience = { attempts: 2, sleep: async (): Promise<void> => undefined };

interface Call {
  readonly to: string;
  readonly data: string;
}

/** Totals of a block: its number, plus what the call's data asks for. */
const total = (data: string, block: number): string => word(1000 * Number(data) + block);

function node(multicall: "answers" | "refuses one" | "is absent"): { node: ScriptedNode; calls: Call[] } {
  const scripted = new ScriptedNode();
  for (let block = 0; block <= 30; block++) {
    scripted.mine(block % 3 === 1 ? [{ logs: [{ address: POOL, topics: [word(block)], data: "0x" }] }] : []);
  }
  const calls: Call[] = [];
  const script: Script = ({ method, params }) => {
    if (method !== "eth_call") return undefined;
    const [{ to, data }, block] = params as [Call, string];
    calls.push({ to, data });
    if (to !== MULTICALL) return { result: total(data, Number(block)) };
    if (multicall === "is absent") return { result: "0x" };
    const { args } = decodeFunctionData({ abi, data: data as `0x${string}` });
    const result = args[0].map(({ callData }, index) => ({
      success: multicall === "answers" || index > 0,
      returnData: total(callData, Number(block)) as `0x${string}`,
    }));
    return { result: encodeFunctionResult({ abi, result }) };
  };
  scripted.script = script;
  return { node: scripted, calls };
}

async function read(
  from: ScriptedNode,
  checkpoints: readonly RpcCheckpoint[],
  pageBlocks = 7,
): Promise<string[]> {
  const source = await RpcLogSource.open({
    transport: httpEndpoint("http://node.invalid", { fetch: from.fetch }),
    header: { protocol: "toy", version: "1" },
    addresses: [POOL],
    fromBlock: 0,
    end: { block: 20 },
    pageBlocks,
    checkpoints,
    patience,
  });
  const records: SourceRecord[] = [];
  for await (const record of source.records()) records.push(record);
  return records.flatMap((record) => {
    if (record.kind === "log") return [`log ${record.position.block}`];
    return record.kind === "checkpoint"
      ? [`totals ${record.position.block} ${[...record.values.values()].join()}`]
      : [];
  });
}

const values = new Map(
  ["0x01", "0x02"].map((data, k) => [k === 0 ? "cash" : "loans", { to: POOL, data, word: 0, signed: false }]),
);

describe("checkpoints", () => {
  it.each(["answers", "is absent"] as const)(
    "are read at chosen blocks, after their logs, where Multicall3 %s",
    async (how) => {
      const { node: scripted, calls } = node(how);
      const found = await read(scripted, [{ pool: "p", values, blocks: [4, 5], every: 9 }]);
      expect(found).toEqual([
        "totals 0 1000,2000",
        "log 1",
        "log 4",
        "totals 4 1004,2004",
        "totals 5 1005,2005",
        "log 7",
        "totals 9 1009,2009",
        "log 10",
        "log 13",
        "log 16",
        "totals 18 1018,2018",
        "log 19",
      ]);
      expect(calls.filter(({ to }) => to === MULTICALL)).toHaveLength(5);
      expect(calls.filter(({ to }) => to === POOL)).toHaveLength(how === "answers" ? 0 : 10);
    },
  );

  it("are the same however the blocks fall into pages, and at the last block unless said", async () => {
    const checkpoint = { pool: "p", values, every: 4 };
    expect(await read(node("answers").node, [checkpoint], 1)).toEqual(
      await read(node("answers").node, [checkpoint], 50),
    );
    const last = await read(node("answers").node, [{ pool: "p", values }]);
    expect(last.filter((each) => each.startsWith("totals"))).toEqual(["totals 20 1020,2020"]);
  });

  it("are refused where a contract refuses its call", async () => {
    await expect(read(node("refuses one").node, [{ pool: "p", values }])).rejects.toMatchObject({
      code: "SF_RPC_ENDPOINT",
      reason: expect.stringContaining("refuses 0x01 at block 20"),
    });
  });
});

describe("the register of implementations", () => {
  const [PROXY, BEACON_PROXY, OLD_PROXY, PLAIN, BEACON] = ["b0", "b1", "b2", "b3", "b4"].map(
    (byte) => `0x${byte.repeat(20)}`,
  ) as [string, string, string, string, string];
  const code = (version: number): string => toHex(new Uint8Array(20).fill(version));
  const padded = (address: string): string => `0x${address.slice(2).padStart(64, "0")}`;
  /** Version that runs at a block: changes at 101, 350 and 351. */
  const versionAt = (block: number): number => (block < 101 ? 1 : block < 350 ? 2 : block < 351 ? 3 : 4);

  function chain(): ScriptedNode {
    const scripted = new ScriptedNode();
    scripted.script = ({ method, params }) => {
      const [first, second, third] = params as readonly string[];
      if (method === "eth_getStorageAt") {
        const version = code(versionAt(Number(third)));
        if (first === PROXY && second?.startsWith("0x3608")) return { result: padded(version) };
        return { result: first === BEACON_PROXY && second?.startsWith("0xa3f0") ? padded(BEACON) : word(0) };
      }
      if (method !== "eth_call") return undefined;
      const { to } = params[0] as Call;
      if (to === BEACON || to === OLD_PROXY) return { result: padded(code(versionAt(Number(second)))) };
      return { error: { code: 3, message: "execution reverted" } };
    };
    return scripted;
  }

  const read = (proxies: readonly string[]): ReturnType<typeof readImplementations> =>
    readImplementations({
      transport: httpEndpoint("http://node.invalid", { fetch: chain().fetch }),
      proxies,
      fromBlock: 40,
      toBlock: 1000,
      patience,
    });

  it.each([
    ["a proxy", PROXY],
    ["a proxy with a beacon", BEACON_PROXY],
    ["a proxy that says so itself", OLD_PROXY],
  ])("finds every change of %s", async (_what, address) => {
    expect(await read([address])).toEqual(
      [
        [40, 1],
        [101, 2],
        [350, 3],
        [351, 4],
      ].map(([sinceBlock, version]) => ({
        address,
        sinceBlock,
        implementation: code(version!),
      })),
    );
  });

  it("leaves out what is no proxy", async () => {
    expect(await read([PLAIN])).toEqual([]);
  });
});
