import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERIFIER, VERIFIER_NAME } from "@shortfall/audit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Folder, textOf, withManifest, writeFolder } from "./report-folder.js";
import { memorySource, reconcileToy, toyTrace, traceRecords } from "./toy-history.js";

const root = mkdtempSync(join(tmpdir(), "verifier-"));
afterAll(() => rmSync(root, { recursive: true }));

let folder: Folder;
beforeAll(async () => {
  const lines = traceRecords(toyTrace().lines);
  const histories = [
    await reconcileToy(memorySource(lines, { name: "a.jsonl" })),
    await reconcileToy(memorySource(lines.slice(0, 3), { name: "b.jsonl" })),
  ];
  ({ folder } = writeFolder(histories));
});

/** Runs the verifier that a folder on disk holds, with plain Node. */
function verify(files: Folder): { readonly code: number | null; readonly out: string } {
  const path = mkdtempSync(join(root, "folder-"));
  mkdirSync(path, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(path, name), bytes);
  // The verifier that the folder came with, in case a test changed its copy.
  writeFileSync(join(root, VERIFIER_NAME), VERIFIER);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, VERIFIER_NAME), path], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return { code: status, out: stdout };
}

const changed = (name: string, change: (text: string) => string): Folder => {
  const before = textOf(folder, name);
  const after = change(before);
  expect(after).not.toBe(before);
  return new Map(folder).set(name, Buffer.from(after));
};

describe("the verifier in a folder", () => {
  it("is the text of verifier/verify.mjs, and imports Node's own modules only", () => {
    const source = readFileSync(new URL("../verifier/verify.mjs", import.meta.url), "utf8");
    expect(VERIFIER).toBe(source);
    for (const [, module] of source.matchAll(/from "([^"]+)"/g)) expect(module).toMatch(/^node:/);
  });

  it("finds an intact folder intact", () => {
    const { code, out } = verify(folder);
    expect(out).toContain("Intact: 2 journal blocks, 2 tables of liabilities");
    expect(code).toBe(0);
  });

  it("names the file in which a byte was flipped, and the line where there is one", () => {
    let seed = 7;
    for (const name of folder.keys()) {
      const bytes = Buffer.from(folder.get(name)!);
      seed = (seed * 48_271) % 0x7fffffff;
      bytes[seed % bytes.length]! ^= 1 + (seed % 255);
      const { code, out } = verify(new Map(folder).set(name, bytes));
      expect(code, name).toBe(1);
      expect(out).toContain(`x  ${name}`);
      if (name === "journal.jsonl") expect(out).toMatch(/journal\.jsonl, line \d+ at byte \d+/);
    }
  });

  it.each<[string, string, (text: string) => string, RegExp]>([
    [
      "a posting",
      "journal.jsonl",
      (text) => text.replace('"amount":"700000000"', '"amount":"700000001"'),
      /journal.jsonl, line \d+ at byte \d+: does not balance: off by 1/,
    ],
    [
      "an entry's kind",
      "journal.jsonl",
      (text) => text.replace('"kind":"borrow"', '"kind":"repaid"'),
      /journal.jsonl, line \d+ .*is not the digest of entries 0 to/,
    ],
    [
      "a holder's loss",
      "haircuts.csv",
      (text) => text.replace(/holder,(\w+),(\d+),(\d)/, "holder,$1,$2,1$3"),
      /haircuts.csv, line \d+ .*losses and dust sum to/,
    ],
    [
      "a layer",
      "writeoffs.json",
      (text) => text.replace('"amount":"700000000"', '"amount":"600000000"'),
      /writeoffs.json, line 2: .*layers and uncovered sum to 600000000/,
    ],
    [
      "a balance",
      "trial-balance.csv",
      (text) => text.replace(/,(\d)/, ",9$1"),
      /trial-balance.csv, line \d+ .*the postings sum to/,
    ],
    [
      "a liability",
      "liabilities.csv",
      (text) => text.replace(/holder,(\w+),(\d)/, "holder,$1,1$2"),
      /liabilities.csv, line \d+ .*the books say/,
    ],
    [
      "a root",
      "roots.json",
      (text) => text.replace(/"root":"0x\w/, '"root":"0xz'),
      /roots of the liabilities/,
    ],
    [
      "the root of the entries",
      "roots.json",
      (text) => text.replace(/"root":"\w/, '"root":"z'),
      /roots of the journals/,
    ],
  ])("sees %s changed under a new manifest", (_what, name, change, message) => {
    const { code, out } = verify(withManifest(changed(name, change)));
    expect(out).toMatch(message);
    expect(code).toBe(1);
  });

  it("names what is missing, added or left out", () => {
    const without = new Map(folder);
    without.delete("haircuts.csv");
    expect(verify(without).out).toContain("x  haircuts.csv: is missing");
    expect(verify(new Map(folder).set("notes.txt", Buffer.from("x"))).out).toContain(
      "x  notes.txt: is not in",
    );
    expect(verify(changed("manifest.json", (text) => text.replace('"bytes":', '"bytes":1'))).out).toMatch(
      /manifest.json, byte \d+: is not what its own digest says/,
    );
  });
});
