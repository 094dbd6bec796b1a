import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ControlMismatchError, UnbalancedEntryError } from "../errors.js";
import { canonicalJson, digestValue } from "./canonical.js";
import type { SealedBlock } from "./entry.js";
import { entryLine } from "./entry-line.js";
import { BLOCK_ENTRIES, blockDigest, Journal } from "./journal.js";
import { digestText } from "./text-digest.js";

const position = { block: 1, timestamp: 1 };
const entry = (amount: bigint, pool = "usdc") => ({
  kind: "supply",
  position,
  postings: [
    { pool, account: "Assets:Cash", commodity: "USDC", amount },
    { pool, account: "Liabilities:Suppliers:main", commodity: "USDC", amount: -amount },
  ],
});
const journal = () => new Journal({ model: "test", waterfalls: [] });

describe("Journal", () => {
  it("refuses an entry that is off by one unit, and writes nothing of it", () => {
    const j = journal();
    j.append(entry(5n));
    const digest = j.digest();
    const off = entry(5n);
    const postings = [off.postings[0]!, { ...off.postings[1]!, amount: -4n }];
    expect(() => j.append({ ...off, postings })).toThrow(UnbalancedEntryError);
    expect(() => j.append({ ...off, postings })).toThrow("off by 1 USDC");
    expect(j.length).toBe(1);
    expect(j.digest()).toBe(digest);
  });

  it("balances per pool: two pools may not pay for each other", () => {
    const a = entry(5n, "a").postings[0]!;
    const b = entry(5n, "b").postings[1]!;
    expect(() => journal().append({ kind: "x", position, postings: [a, b] })).toThrow(UnbalancedEntryError);
  });

  it("keeps a trial balance that sums to zero", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt(-1000n, 1000n), fc.constantFrom("a", "b"))), (steps) => {
        const j = journal();
        for (const [amount, pool] of steps) j.append(entry(amount, pool));
        expect(j.trialBalance().reduce((sum, row) => sum + row.balance, 0n)).toBe(0n);
        const a = steps.filter(([, pool]) => pool === "a").reduce((sum, [amount]) => sum + amount, 0n);
        expect(j.balance("a", "Assets:Cash", "USDC")).toBe(a);
      }),
    );
  });

  it("checks control accounts against totals", () => {
    const j = journal();
    j.append(entry(5n));
    j.requireControls("usdc", [["Assets:Cash", "USDC", 5n]], "supply");
    expect(() => j.requireControls("usdc", [["Assets:Cash", "USDC", 6n]], "supply")).toThrow(
      ControlMismatchError,
    );
  });

  it("chains blocks, and any changed unit changes every digest from there on", () => {
    const build = (changed: number) => {
      const j = journal();
      for (let k = 0; k < BLOCK_ENTRIES * 2 + 3; k++) j.append(entry(k === changed ? 2n : 1n));
      return j;
    };
    const a = build(-1).blocks();
    const b = build(BLOCK_ENTRIES + 1).blocks();
    expect(a.map((block) => block.count)).toEqual([BLOCK_ENTRIES, BLOCK_ENTRIES, 3]);
    expect(a[0]!.digest).toBe(b[0]!.digest);
    expect(a[1]!.digest).not.toBe(b[1]!.digest);
    expect(a[2]!.digest).not.toBe(b[2]!.digest);
    const j = build(-1);
    const [, second] = j.texts();
    const lines = j.entries(BLOCK_ENTRIES).slice(0, BLOCK_ENTRIES).map(entryLine);
    expect(second!.text).toBe(lines.join("\n"));
    expect(a[1]!.digest).toBe(blockDigest(a[0]!.digest, second!.text));
    expect(build(-1).digest()).toBe(a[2]!.digest);
  });

  it("hands every block on once and keeps only the last ones", () => {
    const all = new Journal({ model: "test", waterfalls: [] }, { tailBlocks: Number.POSITIVE_INFINITY });
    const short = new Journal({ model: "test", waterfalls: [] }, { tailBlocks: 2 });
    const seen: SealedBlock[] = [];
    const stop = short.handOn((block) => seen.push(block));
    for (let k = 0; k < BLOCK_ENTRIES * 4 + 3; k++) {
      all.append(entry(BigInt(k)));
      expect(short.post(entry(BigInt(k)))).toBe(k);
      if (k === BLOCK_ENTRIES * 3) stop();
    }
    expect(short.length).toBe(BLOCK_ENTRIES * 4 + 3);
    expect(short.digest()).toBe(all.digest());
    expect(short.blocks()).toEqual(all.blocks());
    expect(short.trialBalance()).toEqual(all.trialBalance());
    expect(seen).toEqual(all.texts().slice(0, 3));
    expect(short.texts(2)).toEqual(all.texts(2));
    const held = BLOCK_ENTRIES * 2;
    for (const first of [held, held + 1, held + BLOCK_ENTRIES, short.length - 1, short.length]) {
      expect(short.entries(first)).toEqual(all.entries(first));
      expect(short.entries(first)[0]?.sequence).toBe(first === short.length ? undefined : first);
    }
    for (const gone of [() => short.entries(), () => short.entries(held - 1), () => short.texts(1)]) {
      expect(gone).toThrow(expect.objectContaining({ code: "SF_ENTRIES_RELEASED", held }));
    }
  });

  it("commits to the header while empty", () => {
    expect(journal().digest()).toBe(digestValue({ model: "test", waterfalls: [] }));
    expect(new Journal({ model: "other", waterfalls: [] }).digest()).not.toBe(journal().digest());
  });
});

describe("canonicalJson", () => {
  it("is the same for the same value in any key order", () => {
    expect(canonicalJson({ b: 1n, a: [undefined, "x", { d: null, c: true }] })).toBe(
      '{"a":[null,"x",{"c":true,"d":null}],"b":"1"}',
    );
    expect(canonicalJson({ a: undefined })).toBe("{}");
    expect(digestText("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
