import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtInAdapters } from "@shortfall/cli";
import type { ChainTransaction } from "@shortfall/core";
import { HistoryFile } from "@shortfall/sources";
import { recordToyTrace, TOY_POOL, toyAccount } from "@shortfall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { besidesOf, closeServers, hex, type Line, logsOf, serve, word } from "./served-node.js";
import { json, shell, temporaryFolder, writeLines } from "./shell.js";

const folder = temporaryFolder("node");
afterAll(() => {
  closeServers();
  rmSync(folder, { recursive: true });
});

const trace = recordToyTrace([
  { type: "Supply", account: toyAccount(1), assets: "1000000" },
  { type: "Borrow", account: toyAccount(2), assets: "400000" },
  { type: "WriteOff", account: toyAccount(2) },
]);
const lines = trace.lines as unknown as Line[];
const blocks = { fromBlock: lines[0]!.block, toBlock: lines[lines.length - 1]!.block };
const addresses = [...new Set(lines.flatMap(({ logs }) => logs.map(({ address }) => address)))];
const header = writeLines(join(folder, "header.jsonl"), [
  { ...trace.header, format: "shortfall-logs/1", rpc: { addresses, fromBlock: blocks.fromBlock } },
]);

describe("reconcile --rpc", () => {
  let url: string;
  beforeAll(async () => {
    url = await serve(logsOf(lines), blocks.toBlock);
  });

  it("reconciles what a node has up to its last finalised block", async () => {
    const { code, document, err } = await json(["reconcile", "--rpc", url, "--header", header]);
    expect(document).toMatchObject({
      verdict: "agree",
      findings: [],
      node: { ...blocks, effort: { verify: "none" } },
    });
    expect(document.writeOffs).toHaveLength(1);
    expect(err).toContain("--check receipts");
    expect(code).toBe(0);
  });

  it("compares totals that the header asks for", async () => {
    const to = addresses[0]!;
    const values = { cash: { to, data: "0x" }, loans: { to, data: "0x" } };
    const checked = writeLines(join(folder, "checked.jsonl"), [
      {
        ...trace.header,
        format: "shortfall-logs/1",
        rpc: { addresses, ...blocks, checkpoints: [{ pool: TOY_POOL, values }] },
      },
    ]);
    const { code, document } = await json(["reconcile", "--rpc", url, "--header", checked]);
    expect(document.verdict).toBe("differ");
    expect(document.findings).toEqual([
      expect.objectContaining({ field: `${TOY_POOL}.loans`, reported: "600000", recomputed: "0" }),
    ]);
    expect(code).toBe(1);
  });

  it("keeps what was read where it is told, and that reads the same", async () => {
    const save = join(folder, "kept.jsonl");
    const fromNode = await json(["reconcile", "--rpc", url, "--header", header, "--save", save]);
    const fromFile = await json(["reconcile", save]);
    const { node: _node, ...rest } = fromNode.document;
    expect(rest).toEqual(fromFile.document);
    expect(readFileSync(save, "utf8")).not.toContain("SECRET");
    const again = await shell(["reconcile", "--rpc", url, "--header", header, "--save", save]);
    expect(again.code).toBe(2);
    expect(again.err).toContain("a name that is free");
  });

  it.each(["morpho-blue/cascade-1", "aave-v3/01-mixed-s1", "compound-v3/07-reserves-negative"])(
    "gives for %s what a file of the same logs, prices, touches and calls gives",
    async (name) => {
      const path = fileURLToPath(new URL(`../../testing/vectors/${name}.jsonl.gz`, import.meta.url));
      const adapters = builtInAdapters();
      const file = await HistoryFile.open(path);
      const { adapter, header } = adapters.for(file.header);
      const session = adapter.traces.open(header);
      const transactions: ChainTransaction[] = [];
      for await (const record of file.records()) {
        if (record.kind === "trace") transactions.push(session.transaction(record.line));
      }
      const recorded = transactions.map(
        ({ position, logs }): Line => ({
          block: position.block,
          timestamp: position.timestamp,
          logs: logs.map(({ address, topics, data }) => ({ address, topics: [...topics], data })),
        }),
      );
      const besides = transactions.map(besidesOf);
      const contracts = [...new Set(recorded.flatMap(({ logs }) => logs.map(({ address }) => address)))];
      const range = { fromBlock: recorded[0]!.block, toBlock: recorded[recorded.length - 1]!.block };
      const logs = logsOf(recorded);
      const first = { ...header, format: "shortfall-logs/1", rpc: { addresses: contracts, ...range } };
      const plain = writeLines(join(folder, "node.jsonl"), [
        first,
        { range },
        ...besides.flatMap((records, line) => [
          ...records,
          ...logs.filter(({ transactionHash }) => transactionHash === word(line + 1_000_000)),
        ]),
      ]);
      const beside = writeLines(join(folder, "beside.jsonl"), [first, ...besides.flat()]);
      const recordedNode = await serve(logs, range.toBlock, hex(Number(file.chainId ?? 1)));
      const fromFile = await json(["reconcile", plain], { adapters });
      const fromNode = await json(["reconcile", "--rpc", recordedNode, "--header", beside], { adapters });
      const { node: _node, ...rest } = fromNode.document;
      expect(rest).toEqual(fromFile.document);
      expect(rest).toMatchObject({ verdict: "agree", findings: [] });
      expect((rest.writeOffs as unknown[]).length).toBeGreaterThan(0);
      const other = await shell(
        ["reconcile", "--rpc", await serve(logs, range.toBlock, "0x2"), "--header", beside],
        { adapters },
      );
      if (file.chainId !== undefined) expect(other.err).toContain(`chain ${file.chainId}`);
    },
  );

  it.each<[string, string[], string]>([
    ["files beside it", ["x.jsonl", "--rpc", "http://a", "--header", header], "not both"],
    ["no header", ["--rpc", "http://a"], "together"],
    ["no node", ["--header", header], "together"],
    ["neither files nor a node", [], "at least one file"],
    ["an address of no node", ["--rpc", "node", "--header", header], "http://"],
    [
      "an unknown check",
      ["--rpc", "http://a", "--header", header, "--check", "all"],
      "Allowed choices are none, bloom, receipts, second",
    ],
    ["no second node", ["--rpc", "http://a", "--header", header, "--check", "second"], "--second-rpc"],
  ])("refuses %s", async (_what, args, words) => {
    const { code, err } = await shell(["reconcile", ...args]);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });

  it("names what is wrong with header, range or node, and never the node's key", async () => {
    const bare = writeLines(join(folder, "bare.jsonl"), [{ ...trace.header, format: "shortfall-logs/1" }]);
    const logs = writeLines(join(folder, "logs.jsonl"), [
      { ...trace.header, format: "shortfall-logs/1" },
      ...logsOf(lines),
    ]);
    const late = writeLines(join(folder, "late.jsonl"), [
      { ...trace.header, format: "shortfall-logs/1", rpc: { addresses, ...blocks } },
      { price: { subject: "A", price: "1" }, blockNumber: 999_999, timestamp: 1 },
    ]);
    const cases: [string[], string][] = [
      [["--header", logs], "got a log"],
      [["--header", late], "got block 999999"],
      [["--header", join(folder, "absent.jsonl")], "absent.jsonl"],
      [["--header", bare], "rpc.addresses"],
      [["--header", bare, "--address", addresses[0]!], "rpc.fromBlock"],
      [["--header", header, "--from-block", "x"], "--from-block"],
      [["--header", header, "--to-block", "99999999"], "end.block"],
      [["--header", header, "--address", "0x12"], "addresses[0]"],
    ];
    for (const [args, words] of cases) {
      const { code, err, out } = await shell(["reconcile", "--rpc", url, ...args, "--json"]);
      expect(code).toBe(2);
      expect(err).toContain(words);
      expect(err + out).not.toContain("SECRET");
    }
    expect(existsSync(join(folder, "kept.jsonl.part"))).toBe(false);
  });
});
