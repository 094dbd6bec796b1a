import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourceRecord } from "@shortfall/core";
import {
  type DownloadOptions,
  downloadHistory,
  HistoryFile,
  httpEndpoint,
  RpcLogSource,
} from "@shortfall/sources";
import { afterAll, describe, expect, it } from "vitest";
import { ScriptedNode } from "./scripted-node.js";

const folder = mkdtempSync(join(tmpdir(), "sources-download-"));
afterAll(() => rmSync(folder, { recursive: true }));

const POOL = `0x${"aa".repeat(20)}`;
const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;

function node(fork = "", from = new ScriptedNode()): ScriptedNode {
  for (let block = from.blocks.length; block <= 30; block++) {
    from.mine([{ logs: [{ address: POOL, topics: [word(block)], data: "0x01" }] }], fork);
  }
  return from;
}

let files = 0;
const options = (from: ScriptedNode, more: Partial<DownloadOptions> = {}): DownloadOptions => ({
  transport: httpEndpoint("http://node.invalid", { fetch: from.fetch }),
  header: { protocol: "toy", version: "1.0" },
  addresses: [POOL],
  fromBlock: 0,
  pageBlocks: 5,
  end: { block: 30 },
  file: join(folder, `${++files}.jsonl`),
  patience: { attempts: 2, sleep: async () => undefined },
  ...more,
});

/** Serves so many requests, then fails for good. */
function breaking(after: number): ScriptedNode {
  const fragile = node();
  let calls = 0;
  fragile.script = () =>
    ++calls > after ? { response: () => new Response("", { status: 503 }) } : undefined;
  return fragile;
}

const whole = options(node());
await downloadHistory(whole);
const text = readFileSync(whole.file, "utf8");

describe("a download", () => {
  it("is a history that reads back as the node's records", async () => {
    const file = await HistoryFile.open(whole.file);
    const fromFile: SourceRecord[] = [];
    for await (const record of file.records()) fromFile.push(record);
    const fromNode: SourceRecord[] = [];
    for await (const record of (await RpcLogSource.open(options(node()))).records()) fromNode.push(record);
    expect(fromFile).toEqual(fromNode);
    expect(fromFile).toHaveLength(32);
    expect(existsSync(`${whole.file}.part`)).toBe(false);
    expect(existsSync(`${whole.file}.cursor.json`)).toBe(false);
  });

  it("that was interrupted anywhere ends in the same bytes", async () => {
    for (let after = 1; after <= 40; after += 5) {
      const { file } = options(node());
      const failure = await downloadHistory(options(breaking(after), { file })).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure) {
        expect(failure).toMatchObject({ code: "SF_RPC_ENDPOINT" });
        expect(existsSync(file)).toBe(false);
        // As if it had stopped between the lines and the cursor.
        if (existsSync(`${file}.cursor.json`)) appendFileSync(`${file}.part`, '{"address":"0x');
        await downloadHistory(options(node(), { file, pageBlocks: 7 }));
      }
      expect(readFileSync(file, "utf8")).toBe(text);
    }
  });

  it("says where it was taken up, and how far it is", async () => {
    const { file } = options(node());
    await expect(downloadHistory(options(breaking(20), { file }))).rejects.toMatchObject({
      code: "SF_RPC_ENDPOINT",
    });
    const seen: number[] = [];
    const { resumedAt, toBlock } = await downloadHistory(
      options(node(), { file, onPage: ({ nextBlock }) => seen.push(nextBlock) }),
    );
    expect(resumedAt).toBeGreaterThan(0);
    expect(toBlock).toBe(30);
    expect(seen[seen.length - 1]).toBe(31);
  });

  it("follows a reorganisation", async () => {
    for (const cut of [0, 8, 12]) {
      const moving = node();
      const { file } = options(moving);
      let moved = false;
      await downloadHistory(
        options(moving, {
          file,
          onPage: ({ nextBlock }) => {
            if (moved || nextBlock < 15) return;
            moved = true;
            moving.cut(cut);
            node("fork", moving);
          },
        }),
      );
      const final = options(moving);
      await downloadHistory(final);
      expect(readFileSync(file, "utf8")).toBe(readFileSync(final.file, "utf8"));
      expect(readFileSync(file, "utf8")).not.toBe(text);
    }
  });

  it("overwrites nothing", async () => {
    await expect(downloadHistory(options(node(), { file: whole.file }))).rejects.toMatchObject({
      code: "SF_RPC_REQUEST",
      field: "file",
    });
  });

  it.each<[string, (file: string) => void, Partial<DownloadOptions>, string]>([
    ["another header", () => undefined, { header: { protocol: "toy", version: "2.0" } }, "header"],
    ["other contracts", () => undefined, { addresses: [`0x${"bb".repeat(20)}`] }, "filter"],
    [
      "lines that are gone",
      (file) => writeFileSync(`${file}.part`, text.slice(0, text.indexOf("\n") + 1)),
      {},
      "lines",
    ],
    ["a damaged cursor", (file) => writeFileSync(`${file}.cursor.json`, "{"), {}, "cursor.json"],
  ])("is not taken up with %s", async (_what, damage, more, field) => {
    const { file } = options(node());
    await expect(downloadHistory(options(breaking(20), { file }))).rejects.toMatchObject({
      code: "SF_RPC_ENDPOINT",
    });
    damage(file);
    await expect(downloadHistory(options(node(), { file, ...more }))).rejects.toMatchObject({
      code: "SF_RPC_CURSOR",
      field: expect.stringContaining(field),
    });
  });
});
