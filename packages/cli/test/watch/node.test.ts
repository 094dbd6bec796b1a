import { readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AdapterRegistry, run } from "@shortfall/cli";
import { recordToyTrace, TOY_POOL, toyAccount, toyAdapter } from "@shortfall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ScriptedNode } from "../../../sources/test/scripted-node.js";
import { shell, temporaryFolder, writeLines } from "../shell.js";

const folder = temporaryFolder("watch-node");
const at = (name: string): string => join(folder, name);

interface Line {
  readonly type: string;
  readonly sequence?: number;
  readonly final?: boolean;
  readonly account?: string;
  readonly retracts?: readonly number[];
  readonly position?: { readonly block: number };
  readonly finalBlock?: number;
}
const linesOf = (out: string): Line[] =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

const trace = recordToyTrace([
  { type: "Supply", account: toyAccount(1), assets: "1000000" },
  ...[2, 3, 4].flatMap((index) => [
    { type: "Borrow", account: toyAccount(index), assets: `${index}000` },
    { type: "WriteOff", account: toyAccount(index) },
  ]),
]);

describe("watch --rpc", () => {
  const node = new ScriptedNode();
  let server: Server;
  let url = "";

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        void node.fetch("", { body }).then(async (answer) => {
          response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** One block a line of the trace, from `first` on; `fork` makes them others of the same content. */
  const mine = (first: number, end: number, fork = ""): void => {
    for (const line of trace.lines.slice(first, end)) {
      node.mine([{ logs: line.logs as { address: string; topics: string[]; data: string }[] }], fork);
    }
  };
  const { chainId: _, ...params } = trace.header.params as Record<string, unknown>;
  const header = (): string =>
    writeLines(at("header.jsonl"), [
      { ...trace.header, format: "shortfall-logs/1", params, rpc: { addresses: [TOY_POOL], fromBlock: 0 } },
    ]);
  const watch = async (...more: string[]) =>
    shell(["watch", "--rpc", url, "--header", header(), "--once", "--state", at("state"), ...more]);

  it("tells of final blocks, then of pending ones, and takes back what did not last", async () => {
    mine(0, 5);
    const first = linesOf((await watch()).out);
    expect(first).toMatchObject([
      { type: "write-off", sequence: 0, account: toyAccount(2), final: true },
      { type: "head", block: 2, finalBlock: 2 },
    ]);

    const pending = linesOf((await watch("--pending")).out);
    expect(pending).toMatchObject([
      { type: "write-off", sequence: 1, account: toyAccount(3), final: false, position: { block: 4 } },
      { type: "head", block: 4, finalBlock: 2 },
    ]);

    // The last block is replaced by an empty one, and its loss comes a block later.
    node.cut(4);
    node.mine([]);
    mine(4, 7, "fork");
    const after = linesOf((await watch("--pending")).out);
    expect(after).toMatchObject([
      { type: "reorg", sequence: 2, retracts: [1] },
      { type: "write-off", sequence: 3, account: toyAccount(3), final: true, position: { block: 5 } },
      { type: "write-off", sequence: 4, account: toyAccount(4), final: false, position: { block: 7 } },
      { type: "head", block: 7, finalBlock: 5 },
    ]);

    expect(linesOf((await watch("--pending")).out).map(({ type }) => type)).toEqual(["head"]);
    const kept = linesOf(readFileSync(at("state/events.jsonl"), "utf8"));
    expect(kept.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4]);
  });

  it("keeps a history that reconcile agrees with", async () => {
    const reconciled = await shell(["reconcile", at("state/history.jsonl"), "--json"]);
    expect(JSON.parse(reconciled.out)).toMatchObject({ verdict: "agree", writeOffs: [{}, {}, {}] });
  });

  it("goes on until it is told to stop", async () => {
    const stop = new AbortController();
    let out = "";
    const code = await run(
      ["watch", "--rpc", url, "--header", header(), "--interval", "0.01", "--state", at("running")],
      {
        stdout: {
          write: (text) => {
            out += text;
            if (out.includes('"block":5,') && node.blocks.length < 12) {
              for (let block = node.blocks.length; block < 12; block++) node.mine([]);
            }
            if (out.includes('"block":9,"finalBlock":9')) stop.abort();
          },
        },
        stderr: { write: () => undefined },
        env: {},
        now: () => 0,
        stopSignal: () => stop.signal,
      },
      { adapters: new AdapterRegistry([toyAdapter]) },
    );
    expect(code).toBe(0);
    expect(linesOf(out).filter(({ type }) => type === "write-off").length).toBe(3);
  });

  it("says what it cannot read", async () => {
    expect((await watch("--confirmations", "x")).err).toContain("--confirmations is a number of blocks");
    expect((await watch("--check", "hope")).err).toMatch(/none, bloom, receipts(,| or) second/);
    const alone = await shell(["watch", "--rpc", url]);
    expect(alone).toMatchObject({
      code: 2,
      err: expect.stringContaining("--rpc and --header are given together"),
    });
    const elsewhere = writeLines(at("elsewhere.jsonl"), [
      { ...trace.header, rpc: { addresses: [TOY_POOL], fromBlock: 0 } },
    ]);
    const other = await shell(["watch", "--rpc", url, "--header", elsewhere, "--once"]);
    expect(other.code).toBe(2);
    expect(linesOf(other.out)).toMatchObject([
      { error: { message: expect.stringContaining("chain 1, as the header says") } },
    ]);
  });
});
