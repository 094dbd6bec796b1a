import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EntryTree,
  liabilityTree,
  PROOF_FORMAT,
  type Proof,
  ProofError,
  parseProofs,
  proofFault,
  proveEntry,
  proveHolder,
  VERIFIER,
} from "@shortfall/audit";
import { canonicalJson, digestText } from "@shortfall/core";
import { toyAccount } from "@shortfall/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Folder, textOf, writeFolder } from "./report-folder.js";
import { memorySource, reconcileToy, toyTrace, traceRecords } from "./toy-history.js";

const root = mkdtempSync(join(tmpdir(), "proofs-"));
afterAll(() => rmSync(root, { recursive: true }));

let folder: Folder;
beforeAll(async () => {
  ({ folder } = writeFolder([await reconcileToy(memorySource(traceRecords(toyTrace().lines)))]));
});
const lines = (name: string): string[] => textOf(folder, name).trimEnd().split("\n");

const fileOf = (proofs: readonly Proof[]): string => canonicalJson({ format: PROOF_FORMAT, proofs });

/** What the verifier of the folder says of proofs, run with plain Node. */
function verifierSays(proofs: readonly Proof[]): number | null {
  writeFileSync(join(root, "verify.mjs"), VERIFIER);
  writeFileSync(join(root, "roots.json"), textOf(folder, "roots.json"));
  writeFileSync(join(root, "proof.json"), fileOf(proofs));
  return spawnSync(process.execPath, [join(root, "verify.mjs"), "--proof", join(root, "proof.json"), root])
    .status;
}

/** The root as RFC 9162 defines it, split by split. */
function rootByDefinition(texts: readonly string[]): string {
  if (texts.length === 1) return digestText(`\u0000${texts[0]}`);
  let half = 1;
  while (half * 2 < texts.length) half *= 2;
  return digestText(`\u0001${rootByDefinition(texts.slice(0, half))}${rootByDefinition(texts.slice(half))}`);
}

describe("the tree of entries", () => {
  it("has the root and the paths of the definition", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 40 }), fc.nat(), (texts, at) => {
        const proved = at % texts.length;
        const tree = new EntryTree(proved);
        for (const text of texts) tree.add(text);
        const { root: reached, path } = tree.end();
        expect(reached).toBe(rootByDefinition(texts));
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(texts.length)));
      }),
    );
  });

  it("takes no node for an entry", () => {
    const tree = new EntryTree();
    tree.add("a");
    tree.add("b");
    const node = `${digestText("\u0000a")}${digestText("\u0000b")}`;
    const forged = new EntryTree();
    forged.add(node);
    expect(forged.end().root).not.toBe(tree.end().root);
  });
});

describe("proofs of entries", () => {
  it("prove every entry of the journal, here and with plain Node", () => {
    const count = textOf(folder, "journal.jsonl").match(/"sequence"/g)!.length;
    const proofs = Array.from({ length: count }, (_, k) => proveEntry(lines("journal.jsonl"), k));
    for (const proof of proofs) expect(proofFault(proof)).toBeUndefined();
    expect(parseProofs(fileOf(proofs))).toEqual(proofs);
    expect(verifierSays(proofs)).toBe(0);
  });

  it.each<[string, (proof: ReturnType<typeof proveEntry>) => Proof]>([
    ["another amount", (proof) => ({ ...proof, entry: proof.entry.replace('"amount":"', '"amount":"1') })],
    ["another number", (proof) => ({ ...proof, sequence: proof.sequence + 1 })],
    [
      "another side",
      (proof) => ({ ...proof, path: proof.path.map((step) => ({ ...step, left: !step.left })) }),
    ],
    ["a shorter path", (proof) => ({ ...proof, path: proof.path.slice(1) })],
  ])("do not hold with %s", (_what, change) => {
    const forged = change(proveEntry(lines("journal.jsonl"), 4));
    expect(proofFault(forged)).toBeDefined();
    expect(verifierSays([forged])).toBe(1);
  });

  it("are refused for entries that are not there", () => {
    expect(() => proveEntry(lines("journal.jsonl"), 99)).toThrow(ProofError);
    expect(() => proveEntry(lines("journal.jsonl"), 0, "other.jsonl")).toThrow("one of: toy.jsonl");
  });
});

describe("proofs of what holders are owed", () => {
  it("prove every holder, here and with plain Node, and tell nothing of the others but sums", () => {
    const proofs = [1, 2, 3].flatMap((n) => proveHolder(lines("liabilities.csv"), toyAccount(n)));
    expect(proofs).toHaveLength(3);
    expect(new Set(proofs.map(({ root: each }) => each)).size).toBe(1);
    for (const proof of proofs) {
      expect(proofFault(proof)).toBeUndefined();
      const others = [1, 2, 3].map((n) => toyAccount(n)).filter((account) => account !== proof.account);
      for (const account of others) expect(fileOf([proof])).not.toContain(account.slice(2));
    }
    expect(verifierSays(proofs)).toBe(0);
  });

  it.each<[string, (proof: ReturnType<typeof proveHolder>[number]) => Proof]>([
    ["a larger balance", (proof) => ({ ...proof, balance: proof.balance + 1n, total: proof.total + 1n })],
    ["another total", (proof) => ({ ...proof, total: proof.total - 1n })],
    [
      "another salt",
      (proof) => ({ ...proof, salt: proof.salt.replace(/.$/, (c) => (c === "0" ? "1" : "0")) }),
    ],
    ["another account", (proof) => ({ ...proof, account: toyAccount(7) })],
    [
      "a negative sum",
      (proof) => ({ ...proof, path: proof.path.map((step) => ({ ...step, sum: -step.sum })) }),
    ],
    ["no path", (proof) => ({ ...proof, path: [] })],
  ])("do not hold with %s", (_what, change) => {
    const [proof] = proveHolder(lines("liabilities.csv"), toyAccount(1));
    const forged = change(proof!);
    expect(proofFault(forged)).toBeDefined();
    expect(verifierSays([forged])).toBe(1);
  });

  it("are refused where nothing is owed", () => {
    expect(() => proveHolder(lines("liabilities.csv"), toyAccount(8))).toThrow(
      "an account that is owed something",
    );
  });

  it("give no tree to balances of more than 128 bits", () => {
    const table = { pool: "p", class: "c", asset: "A", rows: [{ account: "alice", assets: 1n << 128n }] };
    expect(liabilityTree(table)).toBeUndefined();
    expect(liabilityTree({ ...table, rows: [{ account: "alice", assets: 1n }] })?.tree.total).toBe(1n);
  });
});

describe("files that are no proofs", () => {
  it.each([
    ["{}", "format"],
    ['{"format":"shortfall-proof/2","proofs":[]}', '"shortfall-proof/1"'],
    ['{"format":"shortfall-proof/1","proofs":[{"kind":"leaf"}]}', '"entry" or "holder"'],
    ['{"format":"shortfall-proof/1","proofs":[{"kind":"entry","history":1}]}', "history"],
  ])("are refused by name: %s", (text, message) => {
    expect(() => parseProofs(text)).toThrow(ProofError);
    expect(() => parseProofs(text)).toThrow(message);
  });
});
