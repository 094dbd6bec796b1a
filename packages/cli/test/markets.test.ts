import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtInAdapters, run } from "@shortfall/cli";
import type { ChainTransaction } from "@shortfall/core";
import { HistoryFile, knownMarkets } from "@shortfall/sources";
import { afterAll, describe, expect, it } from "vitest";
import { besidesOf, closeServers, hex, type Line, logsOf, serve, word } from "./served-node.js";
import { json, shell, temporaryFolder, writeLines } from "./shell.js";

const folder = temporaryFolder("markets");
const adapters = builtInAdapters();
afterAll(() => {
  closeServers();
  rmSync(folder, { recursive: true });
});

/** Logs of Morpho Blue from its first block on: it gets its owner, and nothing else happens. */
const MORPHO = "0xbbbbbbbbbb9cc5e90e3b3af64bdaf62c37eeffcb";
const owner = `0x${"cb".repeat(20).padStart(64, "0")}`;
const opening: Line[] = [
  {
    block: 18_883_124,
    timestamp: 1_703_863_271,
    logs: [
      {
        address: MORPHO,
        topics: ["0x167d3e9c1016ab80e58802ca9da10ce5c6a0f4debc46a2e7a2cd9e56899a4fb5", owner],
        data: "0x",
      },
    ],
  },
];

/** A golden history of Aave on a node whose proxy runs `code` up to `until`, then `after`. */
async function aave(code: string, changed?: { readonly block: number; readonly code: string }) {
  const path = fileURLToPath(new URL("../../testing/vectors/aave-v3/01-mixed-s1.jsonl.gz", import.meta.url));
  const file = await HistoryFile.open(path);
  const session = adapters.for(file.header).adapter.traces.open(file.header);
  const transactions: ChainTransaction[] = [];
  for await (const record of file.records()) {
    if (record.kind === "trace") transactions.push(session.transaction(record.line));
  }
  const lines = transactions.map(
    ({ position, logs }): Line => ({
      block: position.block,
      timestamp: position.timestamp,
      logs: logs.map(({ address, topics, data }) => ({ address, topics: [...topics], data })),
    }),
  );
  const addresses = [...new Set(lines.flatMap(({ logs }) => logs.map(({ address }) => address)))];
  const rpc = { addresses, fromBlock: lines[0]!.block, toBlock: lines.at(-1)!.block };
  const { version: _version, protocol: _protocol, ...state } = file.header;
  const header = writeLines(join(folder, "aave.jsonl"), [
    { ...state, format: "shortfall-logs/1", rpc },
    ...transactions.flatMap(besidesOf),
  ]);
  const url = await serve(logsOf(lines), rpc.toBlock, "0x1", {
    storage: (_address, slot, block) =>
      slot.startsWith("0x3608")
        ? `0x${(changed && block >= changed.block ? changed.code : code).slice(2).padStart(64, "0")}`
        : word(0),
  });
  return { header, url, rpc };
}

const market = (await knownMarkets()).find((known) => known.market === "aave-v3/ethereum/core");
const implementations = market?.protocol === "aave-v3" ? market.implementations : [];
const codeOf = (version: string): string => implementations.find(([, release]) => release === version)![0];

describe("reconcile --market", () => {
  it("lists the known markets", async () => {
    const { code, document } = await json(["reconcile", "--market", "list"]);
    const { markets } = document as { markets: { market: string; chainId: number; contracts: number }[] };
    expect(code).toBe(0);
    expect(markets).toContainEqual({
      market: "morpho-blue/ethereum/core",
      chainId: 1,
      contracts: 2,
      fromBlock: 18_883_124,
      version: "1.0.0",
    });
    expect((await shell(["reconcile", "--market", "list"])).out).toContain("aave-v3/ethereum/core");
  });

  it("needs no header and no address where nothing was before", async () => {
    const save = join(folder, "morpho.jsonl");
    const url = await serve(logsOf(opening), 18_883_140);
    const { code, document } = await json(
      ["reconcile", "--rpc", url, "--market", "morpho-blue/ethereum/core", "--save", save],
      { adapters },
    );
    expect(document).toMatchObject({
      verdict: "agree",
      protocol: "morpho-blue",
      logs: 1,
      node: { fromBlock: 18_883_124 },
    });
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(save, "utf8").split("\n")[0]!)).toMatchObject({
      protocol: "morpho-blue",
      version: "1.0.0",
      chainId: 1,
      params: { morpho: MORPHO },
    });
  });

  it("lays a header over the market, and takes the release from the code of the proxy", async () => {
    const { header, url, rpc } = await aave(codeOf("3.7"));
    const args = ["reconcile", "--rpc", url, "--market", "aave-v3/ethereum/core", "--header", header];
    const { code, document } = await json(args, { adapters });
    expect(document).toMatchObject({ verdict: "agree", findings: [], protocol: "aave-v3" });
    expect(document.node).toMatchObject({
      implementations: [{ implementation: codeOf("3.7"), sinceBlock: rpc.fromBlock }],
    });
    expect(code).toBe(0);
  });

  it("says where the code changed", async () => {
    const block = 40;
    const { header, url } = await aave(codeOf("3.7"), { block, code: codeOf("3.1") });
    const { document, err } = await json(
      ["reconcile", "--rpc", url, "--market", "aave-v3/ethereum/core", "--header", header],
      { adapters },
    );
    expect(err).toContain(`runs other code from block ${block} on`);
    expect((document.node as { implementations: unknown[] }).implementations).toHaveLength(2);
  });

  it("says what is missing before it reads", async () => {
    const { url, rpc } = await aave(codeOf("3.7"));
    const named = ["reconcile", "--rpc", url, "--market", "aave-v3/ethereum/core"];
    expect((await shell(named, { adapters })).err).toContain("fromBlock: expected a block number");
    const unknown = await shell([...named, "--from-block", `${rpc.fromBlock}`], { adapters });
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain("params: expected an object, got nothing");
    const other = await aave(`0x${"99".repeat(20)}`);
    const { err } = await shell(
      ["reconcile", "--rpc", other.url, "--market", "aave-v3/ethereum/core", "--header", other.header],
      { adapters },
    );
    expect(err).toContain("version: expected a release");
    expect((await shell(["reconcile", "--rpc", url, "--market", "aave"], { adapters })).err).toContain(
      "aave-v3/arbitrum/core",
    );
  });

  it("takes markets of one's own", async () => {
    const markets = join(folder, "own.json");
    writeLines(markets, [{ "morpho-blue/ethereum/core": { chainId: 5, params: { chainId: "5" } } }]);
    const url = await serve(logsOf(opening), 18_883_140, hex(5));
    const args = ["reconcile", "--rpc", url, "--market", "morpho-blue/ethereum/core"];
    expect((await shell(args, { adapters })).err).toContain("chain 1");
    expect((await json([...args, "--markets", markets], { adapters })).document.verdict).toBe("agree");
  });
});

describe("a reading that is told to stop", () => {
  it("keeps what it has, and goes on from there", async () => {
    const url = await serve(logsOf(opening), 18_890_000);
    const args = ["reconcile", "--rpc", url, "--market", "morpho-blue/ethereum/core", "--json", "--save"];
    const [whole, save] = [join(folder, "whole.jsonl"), join(folder, "stopped.jsonl")];
    await shell([...args, whole], { adapters });
    const stopped = new AbortController();
    stopped.abort();
    let out = "";
    const terminal = {
      stdout: {
        write: (text: string): void => {
          out += text;
        },
      },
      stderr: { write: (): void => undefined },
      env: {},
      now: () => 0,
      stopSignal: () => stopped.signal,
    };
    expect(await run([...args, save], terminal, { adapters })).toBe(2);
    expect((JSON.parse(out) as { error: { message: string } }).error.message).toBe(
      "Stopped before block 18885124 of 18890000. The same reading again goes on from there.",
    );
    expect(existsSync(save)).toBe(false);
    const { document } = await json([...args.slice(0, 5), "--save", save], { adapters });
    expect(document.node).toMatchObject({ resumedAt: 18_885_124 });
    expect(readFileSync(save, "utf8")).toBe(readFileSync(whole, "utf8"));
  });
});
