import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { builtInAdapters } from "@shortfall/cli";
import { recordToyTrace, toyAccount } from "@shortfall/testing";
import { afterAll, describe, expect, it } from "vitest";
import { json, shell, temporaryFolder, writeLines } from "./shell.js";

const folder = temporaryFolder("conform");
afterAll(() => rmSync(folder, { recursive: true }));

const trace = recordToyTrace([
  { type: "Supply", account: toyAccount(1), assets: "1000000" },
  { type: "Borrow", account: toyAccount(2), assets: "400000" },
  { type: "Sweep", assets: "7" },
  { type: "WriteOff", account: toyAccount(2) },
]);
const lines = [trace.header, ...trace.lines];
const good = writeLines(join(folder, "good.jsonl"), lines);
const wrong = writeLines(join(folder, "wrong.jsonl"), [
  ...lines.slice(0, 4),
  { ...trace.lines[3], state: { ...(trace.lines[3]!.state as object), cash: "5" } },
]);
const bundle = writeLines(join(folder, "bundle.jsonl"), [
  ...lines.slice(0, 3),
  { ...trace.lines[2], action: { type: "bundle", assets: "7" } },
]);

describe("conform", () => {
  it("observes unless told otherwise, and has the keys that scripts rely on", async () => {
    const { code, document } = await json(["conform", good]);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      results: [
        {
          file: good,
          protocol: "toy",
          mode: "observe",
          transactions: 4,
          mismatches: 0,
          callsUsed: 1,
          resyncs: 0,
        },
      ],
      totals: { files: 1, transactions: 4, mismatches: 0, callsUsed: 1, resyncs: 0 },
      first: [],
    });
  });

  it("counts every line once a mode", async () => {
    const { document } = await json(["conform", good, "--mode", "both"]);
    expect(document.totals).toMatchObject({ files: 1, transactions: 8 });
    expect((document.results as { mode: string }[]).map((result) => result.mode)).toEqual([
      "observe",
      "execute",
    ]);
  });

  it("counts a line that cannot be executed once, and says so", async () => {
    const both = await json(["conform", bundle, "--mode", "both"]);
    expect(both.document.totals).toMatchObject({ transactions: 3 + 2, skipped: 1 });
    expect((await shell(["conform", bundle, "--mode", "both"])).out).toContain(
      "a bundle carries no arguments",
    );
    const alone = await json(["conform", bundle, "--mode", "execute"]);
    expect(alone.document.totals).toMatchObject({ transactions: 3, skipped: 1 });
    expect(alone.code).toBe(1);
  });

  it("exits 1 and shows the first mismatches with file, line, mode and field", async () => {
    const { code, document } = await json(["conform", wrong, "--mode", "both"]);
    expect(code).toBe(1);
    expect(document.first).toMatchObject([
      { file: wrong, line: 5, mode: "observe", field: "state.cash", recorded: "5", computed: "599993" },
      { file: wrong, line: 5, mode: "execute", field: "state.cash", recorded: "5", computed: "599993" },
    ]);
    expect((await shell(["conform", wrong])).out).toContain("1 of");
  });

  it("without calls takes lines over, counts them and is not complete", async () => {
    const { code, document } = await json(["conform", good, "--no-calls"]);
    expect(code).toBe(1);
    expect(document.totals).toMatchObject({ mismatches: 0, callsUsed: 0, resyncs: 1 });
  });

  it("reads folders and gzip, and reports what it could not read with the rest", async () => {
    const nested = join(folder, "set");
    mkdirSync(join(nested, "deep"), { recursive: true });
    writeFileSync(
      join(nested, "deep", "a.jsonl.gz"),
      gzipSync(lines.map((line) => JSON.stringify(line)).join("\n")),
    );
    writeFileSync(join(nested, "README.md"), "not read");
    expect(await json(["conform", nested])).toMatchObject({ code: 0, document: { totals: { files: 1 } } });
    writeLines(join(nested, "other.json"), [{ name: "package" }]);
    writeLines(join(nested, "array.json"), [[1, 2]]);
    expect(await json(["conform", nested])).toMatchObject({
      code: 0,
      document: { ignored: [join(nested, "array.json"), join(nested, "other.json")] },
    });
    writeFileSync(join(nested, "cut.jsonl.gz"), gzipSync("x".repeat(1000)).subarray(0, 20));
    const found = await json(["conform", nested]);
    expect(found).toMatchObject({
      code: 2,
      document: { totals: { files: 1 }, errors: [{ file: join(nested, "cut.jsonl.gz"), field: "gzip" }] },
    });
  });

  it.each<[string, unknown[], string]>([
    ["an unknown protocol", [{ ...trace.header, protocol: "none" }, trace.lines[0]], "protocol"],
    ["an unknown version", [{ ...trace.header, version: "9" }, trace.lines[0]], "version"],
    ["an unknown format", [{ ...trace.header, format: "x/1" }], "format"],
    ["a header and no lines", [trace.header], "(line)"],
    ["a malformed line", [trace.header, { ...trace.lines[0], logs: 5 }], "logs"],
    [
      "a negative amount",
      [trace.header, { ...trace.lines[0], state: { ...(trace.lines[0]!.state as object), cash: "-1" } }],
      "state.cash",
    ],
    [
      "an amount above 256 bits",
      [
        trace.header,
        { ...trace.lines[0], state: { ...(trace.lines[0]!.state as object), cash: (1n << 256n).toString() } },
      ],
      "state.cash",
    ],
  ])("exits 2 for %s, with file and field", async (what, content, field) => {
    const file = writeLines(join(folder, `${what.replaceAll(" ", "-")}.jsonl`), content);
    const { code, document, err } = await json(["conform", file]);
    expect(code).toBe(2);
    expect(document.errors).toMatchObject([{ file, field }]);
    expect(err).toContain(file);
  });

  it("refuses an unknown mode and a missing file", async () => {
    expect((await shell(["conform", good, "--mode", "all"])).code).toBe(2);
    expect((await shell(["conform", join(folder, "none.jsonl")])).code).toBe(2);
    expect((await shell(["conform"])).code).toBe(2);
  });

  it("reproduces a recorded trace of each protocol that has one", async () => {
    const vectors = new URL("../../testing/vectors/", import.meta.url);
    const adapters = builtInAdapters();
    expect(adapters.all().length).toBeGreaterThan(0);
    const file = fileURLToPath(new URL("compound-v3/04-dust.jsonl.gz", vectors));
    const { code, document } = await json(["conform", file, "--mode", "both"], { adapters });
    expect(code).toBe(0);
    expect(document.totals).toMatchObject({ files: 1, transactions: 482, mismatches: 0 });
  });
});
