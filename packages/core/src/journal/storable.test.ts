import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical.js";
import type { JournalEntry } from "./entry.js";
import { parseEntry, requireStorable } from "./storable.js";

const most = (1n << 256n) - 1n;
const entry = (change: object = {}): JournalEntry => ({
  sequence: 7,
  kind: "write-off",
  position: { block: 1, timestamp: 2, transaction: "0xab", transactionIndex: 0, logIndex: 3, line: 4 },
  account: "café 🜚",
  deficit: "d",
  reverses: 2,
  memo: 'tab\t, newline\n, backslash \\, quote "',
  postings: [
    { pool: "p", account: "Assets:Cash", commodity: "c", amount: most },
    { pool: "p", account: "Equity:Reserves", commodity: "c", amount: -most },
  ],
  ...change,
});
const sides = (change: object) => ({
  postings: [{ ...entry().postings[0]!, ...change }, entry().postings[1]!],
});

describe("storable entries", () => {
  it("come out of their canonical JSON as they were", () => {
    for (const given of [
      entry(),
      entry({ postings: [], memo: undefined, position: { block: 0, timestamp: 0 } }),
    ]) {
      requireStorable(given);
      expect(canonicalJson(parseEntry(canonicalJson(given)))).toBe(canonicalJson(given));
    }
  });

  it.each<[string, object, string]>([
    ["a member that entries do not have", { note: "x" }, "note"],
    [
      "a member that positions do not have",
      { position: { block: 1, timestamp: 1, hash: "x" } },
      "position.hash",
    ],
    ["a member that postings do not have", sides({ note: "x" }), "postings[0].note"],
    ["a block that is no whole number", { position: { block: 1.5, timestamp: 1 } }, "position.block"],
    [
      "a log index beyond what numbers hold",
      { position: { block: 1, timestamp: 1, logIndex: 2 ** 53 } },
      "position.logIndex",
    ],
    ["a sequence that is no number", { sequence: Number.NaN }, "sequence"],
    ["a reversed entry that is no whole number", { reverses: 0.5 }, "reverses"],
    ["a NUL", { memo: "a\0" }, "memo"],
    ["half a surrogate pair", { account: "a\ud800" }, "account"],
    [
      "a transaction that is no text",
      { position: { block: 1, timestamp: 1, transaction: 5 } },
      "position.transaction",
    ],
    ["an amount of 257 bits", sides({ amount: 1n << 256n }), "postings[0].amount"],
    ["an amount of 257 bits on the other side", sides({ amount: -(1n << 256n) }), "postings[0].amount"],
    ["an amount that is a number", sides({ amount: 5 }), "postings[0].amount"],
  ])("are refused with %s", (_name, change, field) => {
    expect(() => requireStorable(entry(change))).toThrow(
      expect.objectContaining({ code: "SF_ENTRY_NOT_STORABLE", field }),
    );
  });

  it("are refused when one unit is missing", () => {
    expect(() => requireStorable(entry(sides({ amount: most - 1n })))).toThrow("off by -1 c");
  });

  it.each([
    "null",
    '{"sequence":1}',
    '{"sequence":1,"kind":"x","position":{"block":1,"timestamp":1}}',
    '{"sequence":1,"kind":"x","position":{"block":1,"timestamp":1},"postings":[null]}',
    '{"sequence":1,"kind":"x","position":{"block":1,"timestamp":1},"postings":[{"amount":"1e3"}]}',
    '{"sequence":1,"kind":"x","position":{"block":1,"timestamp":1},"postings":[{"amount":"1"}]}',
  ])("are not read out of %s", (text) => {
    expect(() => parseEntry(text)).toThrow(expect.objectContaining({ code: "SF_ENTRY_NOT_STORABLE" }));
  });
});
