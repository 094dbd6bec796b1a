import { canonicalJson, entryLine, type JournalEntry, readEntryLine } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanEntry } from "./entry-scan.js";

const text = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom("Assets:Cash", "0xabcdef", "USD", "", "café") },
  { weight: 1, arbitrary: fc.constantFrom('a"b', "a\\b", "🜚", "\n", "},{", '","') },
);
const whole = fc.oneof(fc.nat(), fc.constantFrom(0, -1, 2 ** 53 - 1, -0));
const entry: fc.Arbitrary<JournalEntry> = fc.record(
  {
    kind: text,
    sequence: fc.nat(),
    position: fc.record(
      {
        block: whole,
        timestamp: whole,
        transaction: text,
        transactionIndex: whole,
        logIndex: whole,
        line: whole,
      },
      { requiredKeys: ["block", "timestamp"] },
    ),
    postings: fc.array(
      fc.record({
        account: text,
        amount: fc.bigInt(-(1n << 255n), 1n << 255n),
        commodity: text,
        pool: text,
      }),
      { maxLength: 3 },
    ),
    account: text,
    deficit: text,
    reverses: fc.nat(),
    memo: text,
  },
  { requiredKeys: ["kind", "sequence", "position", "postings"] },
);

describe("an entry read off its line", () => {
  it("is the one the line holds", () => {
    let read = 0;
    fc.assert(
      fc.property(entry, (given) => {
        const scanned = scanEntry(entryLine(given));
        if (!scanned) return;
        read++;
        const { sequence, postings } = readEntryLine(entryLine(given));
        expect(scanned).toEqual({ sequence, postings });
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it("comes of canonical lines only", () => {
    const piece = fc.constantFrom(
      "",
      " ",
      ",",
      "0",
      "-",
      '"',
      "}",
      '"memo":"x",',
      "\\u0041",
      "1.0",
      "[]",
      "\u0000",
      "\ud800",
    );
    fc.assert(
      fc.property(entry, fc.nat(), fc.nat(8), piece, (given, at, cut, inserted) => {
        const line = entryLine(given);
        const place = at % line.length;
        const changed = line.slice(0, place) + inserted + line.slice(place + cut);
        if (scanEntry(changed)) expect(canonicalJson(JSON.parse(changed))).toBe(changed);
      }),
      { numRuns: 3000 },
    );
  });
});
