import { MANIFEST_NAME, verifyFolder } from "@shortfall/audit";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Folder, readerOf, textOf, withManifest, writeFolder } from "./report-folder.js";
import { memorySource, reconcileToy, toyTrace, traceRecords } from "./toy-history.js";

let folder: Folder;
beforeAll(async () => {
  const records = traceRecords(toyTrace().lines);
  // A repeated line, so that there are findings to prove as well.
  const result = await reconcileToy(memorySource([...records, records[9]!]));
  ({ folder } = writeFolder([result]));
});

const verify = (changed: Folder) => verifyFolder(readerOf(changed));

/** The folder with one file's text changed, and a manifest that says so. */
const forged = (name: string, change: (text: string) => string): Folder => {
  const before = textOf(folder, name);
  const after = change(before);
  expect(after).not.toBe(before);
  return withManifest(new Map(folder).set(name, Buffer.from(after)));
};

describe("a report folder", () => {
  it("is intact as written", async () => {
    const result = await verify(folder);
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ ok: true, blocks: 1 });
    expect(result.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is the same bytes every time", async () => {
    const again = writeFolder([await reconcileToy(memorySource(traceRecords(toyTrace().lines)))]).folder;
    const twice = writeFolder([await reconcileToy(memorySource(traceRecords(toyTrace().lines)))]).folder;
    expect([...again]).toEqual([...twice]);
  });

  it("names the file in which any one byte was changed", async () => {
    const names = [...folder.keys()];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (name, at, flip) => {
          const bytes = Buffer.from(folder.get(name)!);
          bytes[at % bytes.length]! ^= flip;
          const result = await verify(new Map(folder).set(name, bytes));
          expect(result.ok).toBe(false);
          expect(new Set(result.failures.map((failure) => failure.file))).toEqual(new Set([name]));
        },
      ),
      { seed: 5, numRuns: 150 },
    );
  });

  it("names a file that is missing, cut or foreign", async () => {
    for (const name of folder.keys()) {
      const without = new Map(folder);
      without.delete(name);
      expect((await verify(without)).failures.map((failure) => failure.file)).toContain(name);
      const cut = new Map(folder).set(name, folder.get(name)!.subarray(0, -1));
      expect((await verify(cut)).failures.map((failure) => failure.file)).toContain(name);
    }
    const foreign = new Map(folder).set("notes.txt", Buffer.from("x"));
    expect((await verify(foreign)).failures).toMatchObject([{ file: "notes.txt" }]);
  });

  it.each<[string, string, (text: string) => string]>([
    [
      "a smaller loss",
      "writeoffs.json",
      (text) => text.replace('"recomputed":"700000000"', '"recomputed":"600000000"'),
    ],
    ["another difference", "writeoffs.json", (text) => text.replace('"difference":"0"', '"difference":"5"')],
    ["a row of a table", "writeoffs.csv", (text) => text.replace(",700000000,", ",700000001,")],
    ["a balance", "trial-balance.csv", (text) => text.replace(/,(\d)/, ",9$1")],
    ["a sentence of the summary", "summary.md", (text) => text.replace("but", "and")],
    [
      "a holder's loss",
      "haircuts.csv",
      (text) => text.replace(/holder,(\w+),(\d+),(\d)/, "holder,$1,$2,1$3"),
    ],
    ["a finding left out", "findings.json", () => "[\n]\n"],
    ["the verdict", "inputs.json", (text) => text.replace('"verdict":"differ"', '"verdict":"agree"')],
    [
      "the journal's digest",
      "inputs.json",
      (text) => text.replaceAll(/"journalDigest":"\w/g, '"journalDigest":"x'),
    ],
    ["a gap hidden", "coverage.json", (text) => text.replace('"transactions":10', '"transactions":11')],
    ["a posting", "journal.jsonl", (text) => text.replace('"amount":"700000000"', '"amount":"700000001"')],
    ["an entry's kind", "journal.jsonl", (text) => text.replace('"kind":"borrow"', '"kind":"repaid"')],
    [
      "an entry left out",
      "journal.jsonl",
      (text) =>
        text
          .split("\n")
          .filter((_, line) => line !== 2)
          .join("\n"),
    ],
    [
      "two entries swapped",
      "journal.jsonl",
      (text) => {
        const lines = text.split("\n");
        [lines[1], lines[2]] = [lines[2]!, lines[1]!];
        return lines.join("\n");
      },
    ],
    ["the header of the journal", "journal.jsonl", (text) => text.replace("toy 1.0", "toy 1.1")],
    ["spaces in the journal", "journal.jsonl", (text) => text.replace('{"', '{ "')],
  ])("does not hold with %s changed, even under a new manifest", async (_what, name, change) => {
    const result = await verify(forged(name, change));
    expect(result.ok).toBe(false);
  });

  it("does not hold under a manifest that leaves a file out", async () => {
    const files = [...folder].filter(([name]) => name !== "haircuts.csv");
    const result = await verify(withManifest(files));
    expect(result.failures).toContainEqual({ file: MANIFEST_NAME, reason: "does not list haircuts.csv" });
  });

  it("holds with several histories and with none of interest", async () => {
    const lines = toyTrace().lines;
    const results = [
      await reconcileToy(memorySource(traceRecords(lines), { name: "a.jsonl" })),
      await reconcileToy(memorySource(traceRecords(lines.slice(0, 1)), { name: "b.jsonl" })),
    ];
    const written = writeFolder(results);
    expect(await verify(written.folder)).toMatchObject({ ok: true, blocks: 2, failures: [] });
    expect(textOf(written.folder, "trial-balance.csv")).toContain("b.jsonl");
  });

  it("says in its summary what happened, who bore it and what was not seen", () => {
    expect(textOf(folder, "summary.md")).toMatchInlineSnapshot(`
      "# toy: reconciliation of bad debt

      **All 2 write-offs that were read agree, but 1 finding says that something else differs.**

      | asset | write-offs | reported | recomputed | difference | uncovered |
      | --- | ---: | ---: | ---: | ---: | ---: |
      | TOY | 2 | 700.000077 | 700.000077 | 0 | 0.000000 |

      Difference is recomputed minus reported.

      ## What was read

      | history | blocks | transactions | reverted | logs | values compared | checkpoints | calls read | resynchronised |
      | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | toy.jsonl | 100 to 109 | 10 | 1 | 9 | 60 | 10 | 1 | 0 |

      ## What was not seen

      - Prices: none in the input; none was checked at its source.
      - Transfers of tokens outside the markets.
      - Events without logs.
      - Anything off chain: decisions, agreements, claims on third parties.

      ## Write-offs

      ### 5:0:0x0000000000000000000000000000000000000009

      Block 104, log 0, pool 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, account 0x0000000000000000000000000000000000000009.
      Reported 700.000000 TOY (WriteOff.debt), recomputed 700.000000 TOY, difference 0: exact.

      - suppliers (write-down): 700.000000 TOY, 100.0%
      - uncovered: 0.000000 TOY
      - suppliers: 2 holders lost 700.000000 TOY, of which 0.000001 TOY dust is kept by pool
        - 0x0000000000000000000000000000000000000001: 525.000000 TOY
        - 0x0000000000000000000000000000000000000002: 174.999999 TOY

      ### 9:0:0x0000000000000000000000000000000000000009

      Block 108, log 0, pool 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, account 0x0000000000000000000000000000000000000009.
      Reported 0.000077 TOY (WriteOff.debt), recomputed 0.000077 TOY, difference 0: exact.

      - suppliers (write-down): 0.000077 TOY, 100.0%
      - uncovered: 0.000000 TOY
      - suppliers: 3 holders lost 0.000077 TOY, of which 0.000001 TOY dust is kept by pool
        - 0x0000000000000000000000000000000000000001: 0.000057 TOY
        - 0x0000000000000000000000000000000000000002: 0.000019 TOY

      ## Findings

      1 difference, 0 incomplete, 0 notes.

      - **duplicate event** (toy.jsonl, line 11): Line 11 repeats i 10 of line 11. It was not executed again; remove one of them.

      ## Books

      Debits are positive; every pool's balances sum to zero in each commodity.

      | history | pool | account | commodity | balance |
      | --- | --- | --- | --- | ---: |
      | toy.jsonl | 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | Assets:Cash | TOY | 633.338296 |
      | toy.jsonl | 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | Assets:Loans | TOY | 0.000000 |
      | toy.jsonl | 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | Liabilities:Suppliers:all | TOY | -633.338296 |

      ## Method and proof

      Calls were read where logs do not determine an outcome. Recorded state was compared, never used.

      - toy.jsonl: toy 1.0, version 1.0; waterfall toy-native 1; 9 journal entries, digest \`9e86a51530a1dc52e8a6023558105f65a4ecbe4a74f9371a1d62c28038764b70\`
      - input toy.jsonl: 1 bytes, SHA-256 \`00\`

      Journal digest: \`9e86a51530a1dc52e8a6023558105f65a4ecbe4a74f9371a1d62c28038764b70\`. \`shortfall verify\` proves that this folder is intact; with \`--logs\` it computes all of it again.
      "
    `);
  });
});
