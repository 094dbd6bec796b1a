import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { recordToyTrace, TOY_POOL, toyAccount, toyLog } from "@shortfall/testing";
import { afterAll, describe, expect, it } from "vitest";
import { json, shell, temporaryFolder, writeLines } from "./shell.js";

const folder = temporaryFolder("reconcile");
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const LENDER = toyAccount(1);
const BORROWER = toyAccount(2);
const trace = recordToyTrace([
  { type: "Supply", account: LENDER, assets: "1000000" },
  { type: "Borrow", account: BORROWER, assets: "400000" },
  { type: "Sweep", assets: "7" },
  { type: "WriteOff", account: BORROWER },
  { type: "Supply", account: LENDER, assets: "10" },
]);
const { header } = trace;
const lines: unknown[] = [header, ...trace.lines];
const good = writeLines(at("good.jsonl"), lines);

const logsHeader = { ...header, format: "shortfall-logs/1" };
const log = (blockNumber: number, logIndex: number, name: string, args: Record<string, unknown>) => ({
  ...toyLog(name, args),
  blockNumber,
  logIndex,
  transactionHash: `0x${blockNumber}`,
  transactionIndex: 0,
  timestamp: blockNumber * 12,
});
const supply = log(5, 1, "Supply", { account: LENDER, assets: 1000n, shares: 1000n });
const borrow = log(6, 0, "Borrow", { account: BORROWER, assets: 300n });
const writeOff = log(9, 4, "WriteOff", { account: BORROWER, debt: 300n });
const checkpoint = {
  checkpoint: { pool: TOY_POOL, cash: "700", loans: "0" },
  blockNumber: 9,
  timestamp: 108,
};

describe("reconcile", () => {
  it("agrees: exit 0, one document with the keys that scripts rely on", async () => {
    const { code, document, err } = await json(["reconcile", good]);
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(document).toMatchObject({
      verdict: "agree",
      protocol: "toy",
      transactions: 5,
      logs: 5,
      writeOffs: [
        {
          tx: "4",
          logIndex: 0,
          pool: TOY_POOL,
          account: BORROWER,
          reported: "400000",
          recomputed: "400000",
          difference: "0",
          class: "exact",
        },
      ],
      findings: [],
      coverage: { histories: [{ file: "good.jsonl" }] },
      journalDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(document.trialBalance).toContainEqual({
      history: "good.jsonl",
      pool: TOY_POOL,
      account: "Assets:Loans",
      commodity: "TOY",
      balance: "0",
    });
  });

  it("says so for people, with verdict, bearer, coverage and what was not seen", async () => {
    expect((await shell(["reconcile", good])).out).toMatchInlineSnapshot(`
      "toy  good.jsonl
      The one write-off agrees to the last unit.

         1 exact
      Total      0.400000 TOY recomputed, difference 0, uncovered 0.000000
      Who bears it, TOY
        suppliers  [####################]  0.400000
      Coverage   good.jsonl: blocks 100 to 104, 5 transactions, 5 logs, 30 values in 5
                 checkpoints compared, 1 call read
      Not seen   Prices: none in the input; none was checked at its source.
                 Transfers of tokens outside the markets.
                 Events without logs.
                 Anything off chain: decisions, agreements, claims on third parties.
      Books      3 accounts, journal 607802d83a715e4f...
      Next       add --out DIR for the report folder
      "
    `);
  });

  it("differs: exit 1, the difference is recomputed minus reported", async () => {
    const changed = trace.lines.map((line, index) =>
      index === 3 ? { ...line, logs: [toyLog("WriteOff", { account: BORROWER, debt: 399000n })] } : line,
    );
    const file = writeLines(at("differs.jsonl"), [header, ...changed]);
    const { code, document } = await json(["reconcile", file]);
    expect(code).toBe(1);
    expect(document).toMatchObject({
      verdict: "differ",
      writeOffs: [{ reported: "399000", recomputed: "400000", difference: "1000", class: "unexplained" }],
    });
    expect((await shell(["reconcile", file])).out).toMatchInlineSnapshot(`
      "toy  differs.jsonl
      The one write-off does not agree. The chain reports 0.001000 TOY less bad debt
      than the arithmetic gives.

         line:log  reported  recomputed  difference  class
      x  5:0       0.399000    0.400000   +0.001000  unknown
         0 exact
      Total      0.400000 TOY recomputed, difference +0.001000, uncovered 0.000000
      Who bears it, TOY
        suppliers  [####################]  0.400000
      Findings   1 differ, 0 incomplete, 0 notes
      x  differs.jsonl:5  unexplained: WriteOff.debt differs at block 103, tx 4, log
         0, line 5. Check the log against the chain.
      Coverage   differs.jsonl: blocks 100 to 104, 5 transactions, 5 logs, 30 values
                 in 5 checkpoints compared, 1 call read
      Not seen   Prices: none in the input; none was checked at its source.
                 Transfers of tokens outside the markets.
                 Events without logs.
                 Anything off chain: decisions, agreements, claims on third parties.
      Books      3 accounts, journal 607802d83a715e4f...
      Next       add --out DIR for the report folder
      "
    `);
  });

  it("reads plain logs with checkpoints, and histories in several files", async () => {
    const one = writeLines(at("one.jsonl"), [
      logsHeader,
      { range: { fromBlock: 1, toBlock: 6 } },
      supply,
      borrow,
    ]);
    const two = writeLines(at("two.jsonl"), [
      { ...logsHeader, continues: true },
      { range: { fromBlock: 7, toBlock: 10 } },
      writeOff,
      checkpoint,
    ]);
    const { code, document } = await json(["reconcile", one, two]);
    expect(document).toMatchObject({ verdict: "agree", transactions: 3, logs: 3, findings: [] });
    expect(code).toBe(0);
    const alone = await json(["reconcile", two]);
    expect(alone).toMatchObject({ code: 2, document: { error: { file: two, field: "continues" } } });
  });

  it("leaves JSON of a folder alone that is no history, but not one of an unknown version", async () => {
    const nested = at("nested");
    mkdirSync(nested);
    writeLines(join(nested, "a.jsonl"), lines);
    writeLines(join(nested, "package.json"), [{ name: "x" }]);
    writeLines(join(nested, "array.json"), [[1]]);
    writeFileSync(join(nested, "pretty.json"), JSON.stringify({ a: 1 }, null, 2));
    const { code, document } = await json(["reconcile", nested]);
    expect(code).toBe(0);
    expect(document.ignored).toHaveLength(3);
    writeLines(join(nested, "z.jsonl"), [{ ...header, format: "shortfall-trace/9" }, trace.lines[0]]);
    expect((await json(["reconcile", nested])).code).toBe(2);
  });

  it("keeps several histories apart and their ids unique", async () => {
    const other = writeLines(at("other.jsonl"), [{ ...header, note: "another market" }, ...lines.slice(1)]);
    const { document } = await json(["reconcile", good, other]);
    const ids = (document.writeOffs as { id: string }[]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect((document.coverage as { histories: unknown[] }).histories).toHaveLength(2);
  });

  it("refuses the same bytes twice: every loss in them would count twice", async () => {
    const twin = writeLines(at("twin.jsonl"), lines);
    const { code, document } = await json(["reconcile", good, twin]);
    expect(code).toBe(2);
    expect((document.error as { received: string }).received).toContain("the same bytes as");
  });

  it("names a version under which everything would agree", async () => {
    // Nothing of the toy market depends on its version, so a wrong one cannot explain a difference.
    const changed = trace.lines.map((line, index) =>
      index === 0 ? { ...line, state: { ...(line.state as object), cash: "3" } } : line,
    );
    const { document } = await json(["reconcile", writeLines(at("state.jsonl"), [header, ...changed])]);
    expect((document.findings as { class: string }[]).map((finding) => finding.class)).toEqual([
      "unexplained",
    ]);
  });

  it.each<[string, () => string[], string, string]>([
    ["a missing file", () => [at("none.jsonl")], "path", "an existing file"],
    ["an empty file", () => [write("empty.jsonl", "")], "content", "at least a header line"],
    [
      "cut gzip",
      () => [
        write("cut.gz", gzipSync(lines.map((line) => JSON.stringify(line)).join("\n")).subarray(0, 300)),
      ],
      "gzip",
      "a complete gzip stream",
    ],
    ["a folder without logs", () => [emptyFolder("void")], "folder", ".jsonl"],
    [
      "an unknown format",
      () => [writeLines(at("f.jsonl"), [{ ...header, format: "csv" }])],
      "format",
      "shortfall-logs/1",
    ],
    ["a header and nothing else", () => [writeLines(at("h.jsonl"), [header])], "(line)", "records"],
    ["no header", () => [writeLines(at("n.jsonl"), [supply])], "format", "shortfall-trace/1"],
    [
      "an unknown protocol",
      () => [writeLines(at("p.jsonl"), [{ ...header, protocol: "other" }, trace.lines[0]])],
      "protocol",
      "toy",
    ],
    [
      "an unknown version",
      () => [writeLines(at("v.jsonl"), [{ ...header, version: "7" }, trace.lines[0]])],
      "version",
      "1",
    ],
    ["another protocol than asked for", () => [good, "--protocol", "aave-v3"], "protocol", "aave-v3"],
    [
      "mixed chains",
      () => [
        good,
        writeLines(at("c.jsonl"), [
          { ...header, params: { ...(header.params as object), chainId: "5" } },
          trace.lines[0],
        ]),
      ],
      "chainId",
      "1",
    ],
    [
      "mixed chains within a file",
      () => [writeLines(at("m.jsonl"), [logsHeader, { ...supply, chainId: 5 }])],
      "chainId",
      "chain 1",
    ],
    [
      "a log without its block",
      () => [writeLines(at("b.jsonl"), [logsHeader, { ...supply, blockNumber: undefined }])],
      "blockNumber",
      "whole number",
    ],
    [
      "a checkpoint with a fraction",
      () => [
        writeLines(at("d.jsonl"), [
          logsHeader,
          supply,
          { ...checkpoint, checkpoint: { pool: TOY_POOL, cash: "0.7" } },
        ]),
      ],
      "checkpoint.cash",
      "decimal integer",
    ],
    [
      "an amount above 256 bits",
      () => [
        writeLines(at("u.jsonl"), [
          { ...header, params: { ...(header.params as object), initial: { cash: (1n << 256n).toString() } } },
          trace.lines[0],
        ]),
      ],
      "params.initial.cash",
      "2^256",
    ],
    [
      "a line cut off",
      () => [write("l.jsonl", `${JSON.stringify(header)}\n{"i":1,"blo`)],
      "(line)",
      "valid JSON",
    ],
    [
      "an amount that JSON rounds",
      () => [write("r.jsonl", `${JSON.stringify(header)}\n{"i":1,"amount":12345678901234567890}\n`)],
      "amount",
      "decimal string",
    ],
  ])("exits 2 for %s and writes nothing", async (_what, make, field, expected) => {
    const out = at("never");
    const { code, document, err } = await json(["reconcile", ...make(), "--out", out]);
    expect(code).toBe(2);
    expect(document.error).toMatchObject({ field, expected: expect.stringContaining(expected) });
    expect(err).toMatch(/^error: /);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it.each<[string, unknown[], string, string]>([
    ["a gap", [header, trace.lines[0], ...trace.lines.slice(2)], "missing-event", "i"],
    [
      "a repeated line",
      [header, trace.lines[0], trace.lines[0], ...trace.lines.slice(1)],
      "duplicate-event",
      "i",
    ],
    [
      "lines out of order",
      [header, trace.lines[0], trace.lines[2], trace.lines[1], ...trace.lines.slice(3)],
      "reordered-event",
      "i",
    ],
    ["a repeated log", [logsHeader, supply, supply], "duplicate-event", "logIndex"],
    ["logs out of order", [logsHeader, borrow, supply], "reordered-event", "blockNumber"],
    ["a removed log", [logsHeader, supply, { ...borrow, removed: true }], "reorged", "removed"],
    ["a missing log", [{ ...logsHeader, complete: true }, supply], "missing-event", "logIndex"],
    [
      "blocks not asked for",
      [logsHeader, { range: { fromBlock: 1, toBlock: 4 } }, { range: { fromBlock: 6, toBlock: 9 } }, borrow],
      "missing-event",
      "range",
    ],
    [
      "totals with other decimals",
      [logsHeader, supply, { ...checkpoint, checkpoint: { pool: TOY_POOL, cash: "1000000000000000" } }],
      "decimals",
      `${TOY_POOL}.cash`,
    ],
  ])("exits 1 for %s and says where", async (what, content, kind, field) => {
    const file = writeLines(at(`${what.replaceAll(" ", "-")}.jsonl`), content);
    const { code, document } = await json(["reconcile", file]);
    expect(code).toBe(1);
    const [finding] = document.findings as Record<string, unknown>[];
    expect(finding).toMatchObject({ class: kind, field, file: `${what.replaceAll(" ", "-")}.jsonl` });
    expect((finding!.position as { line: number }).line).toBeGreaterThan(1);
    expect(finding).toHaveProperty("reported");
    expect(finding).toHaveProperty("recomputed");
  });

  it("finds data of a log that is too short, too long or no event of the pool", async () => {
    const bad = [
      { ...supply, data: supply.data.slice(0, -2) },
      { ...supply, data: `${supply.data}00` },
      { ...supply, topics: [`0x${"12".repeat(32)}`] },
      { ...supply, address: toyAccount(77) },
    ];
    for (const [index, line] of bad.entries()) {
      const { code, document } = await json([
        "reconcile",
        writeLines(at(`bad-${index}.jsonl`), [logsHeader, line]),
      ]);
      expect(code).toBe(1);
      expect(document.findings).toHaveLength(1);
    }
  });
});

describe("a report folder", () => {
  const report = at("report");

  it("is written complete, the same bytes each time, and verifies", async () => {
    expect((await shell(["reconcile", good, "--out", report])).code).toBe(0);
    const first = Object.fromEntries(
      readdirSync(report).map((name) => [name, readFileSync(join(report, name), "utf8")]),
    );
    expect(Object.keys(first).sort()).toEqual([
      "coverage.json",
      "findings.json",
      "haircuts.csv",
      "inputs.json",
      "journal.jsonl",
      "liabilities.csv",
      "manifest.json",
      "report.html",
      "roots.json",
      "statements.json",
      "summary.md",
      "trial-balance.csv",
      "verify.mjs",
      "writeoffs.csv",
      "writeoffs.json",
    ]);
    expect((await shell(["reconcile", good, "--out", report])).code).toBe(0);
    for (const [name, text] of Object.entries(first))
      expect(readFileSync(join(report, name), "utf8")).toBe(text);
    expect(Object.values(first).join("")).not.toContain(folder);

    const verified = await json(["verify", report]);
    expect(verified).toMatchObject({ code: 0, document: { ok: true, blocks: 1, failures: [] } });
    const again = await json(["verify", report, "--logs", good]);
    expect(again).toMatchObject({ code: 0, document: { ok: true, recomputed: true } });
  });

  it("does not verify against other logs, or with a byte changed", async () => {
    const other = writeLines(at("good.copy.jsonl"), [header, ...trace.lines.slice(0, 4)]);
    const against = await json(["verify", report, "--logs", other]);
    expect(against).toMatchObject({ code: 1, document: { ok: false } });
    const path = join(report, "journal.jsonl");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("borrow", "barrow"));
    const { code, document } = await json(["verify", report]);
    expect(code).toBe(1);
    expect(
      (document.failures as { file: string }[]).every((failure) => failure.file === "journal.jsonl"),
    ).toBe(true);
    expect((await json(["export", report, "--format", "json", "--out", at("no-export")])).code).toBe(1);
    expect(existsSync(at("no-export"))).toBe(false);
    writeFileSync(path, text);
  });

  it("never replaces a folder that is no report", async () => {
    const precious = at("precious");
    mkdirSync(precious);
    writeFileSync(join(precious, "thesis.txt"), "years of work");
    expect((await shell(["reconcile", good, "--out", precious])).code).toBe(2);
    expect(readdirSync(precious)).toEqual(["thesis.txt"]);
  });

  it("exports to every format", async () => {
    for (const format of ["hledger", "ledger", "beancount", "csv", "json"]) {
      const { code, document } = await json([
        "export",
        report,
        "--format",
        format,
        "--out",
        at(`as-${format}`),
      ]);
      expect(code).toBe(0);
      const [file] = document.files as string[];
      expect(readFileSync(file!, "utf8")).toContain("TOY");
    }
    expect((await shell(["export", report, "--format", "pdf"])).code).toBe(2);
    expect((await shell(["export", report])).code).toBe(2);
    expect((await shell(["verify", at("nothing")])).code).toBe(2);
  });

  it("reads a history of more entries than a journal keeps, with a folder and without one", async () => {
    const logs = Array.from({ length: 10_000 }, (_, k) =>
      log(5 + k, 0, "Supply", { account: LENDER, assets: 1000n, shares: 1000n }),
    );
    const path = writeLines(at("long.jsonl"), [logsHeader, ...logs]);
    const plain = await json(["reconcile", path]);
    expect(plain.code).toBe(0);
    const { out, ...document } = (await json(["reconcile", path, "--out", at("long")])).document;
    expect(out).toBe(at("long"));
    expect(document).toEqual(plain.document);
    const entries = readFileSync(at("long/journal.jsonl"), "utf8").match(/^\{"account"/gm);
    expect(entries).toHaveLength(10_000);
    expect((await json(["verify", at("long")])).document).toMatchObject({
      ok: true,
      digest: document.journalDigest,
    });
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content);
  return at(name);
}

function emptyFolder(name: string): string {
  mkdirSync(at(name));
  writeFileSync(join(at(name), "README.md"), "nothing to read");
  return at(name);
}
