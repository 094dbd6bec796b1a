import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical.js";
import type { JournalEntry } from "./entry.js";
import { entryLine, readEntryLine } from "./entry-line.js";
import { Journal } from "./journal.js";
import { plainDigest, textDigest } from "./text-digest.js";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("Assets:Cash", "0xabcdef", 'a"b', "a\\b", "\u0000", "café 🜚", "\ud800", "a\nb", "\u2028"),
);
const whole = fc.oneof(fc.nat(), fc.integer(), fc.maxSafeNat());
const amount = fc.bigInt(-(1n << 255n), 1n << 255n);

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
    postings: fc.array(fc.record({ pool: text, account: text, commodity: text, amount }), { maxLength: 3 }),
    account: text,
    deficit: text,
    reverses: fc.nat(),
    memo: text,
  },
  { requiredKeys: ["kind", "sequence", "position", "postings"] },
);

describe("the line of an entry", () => {
  it("is its canonical JSON, and gives it back", () => {
    fc.assert(
      fc.property(entry, (given) => {
        expect(entryLine(given)).toBe(canonicalJson(given));
        expect(canonicalJson(readEntryLine(entryLine(given)))).toBe(canonicalJson(given));
      }),
    );
  });

  it("is what a journal writes of it", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), (given) => {
        const journal = new Journal({ model: "m", waterfalls: [] });
        const appended = given.map(({ sequence: _, postings, ...draft }) =>
          journal.append({
            ...draft,
            postings: postings.flatMap((posting) => [posting, { ...posting, amount: -posting.amount }]),
          }),
        );
        expect(journal.texts()[0]?.text).toBe(appended.map(canonicalJson).join("\n"));
        expect(journal.entries().map(canonicalJson)).toEqual(appended.map(canonicalJson));
      }),
    );
  });
});

describe("digests of texts", () => {
  it("are the same by the platform and in plain JavaScript, half surrogate pairs included", () => {
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const [platform, plain] = [textDigest(), plainDigest()];
        for (const piece of texts) {
          platform.update(piece);
          plain.update(piece);
        }
        expect(platform.digest()).toBe(plain.digest());
      }),
    );
    const known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(textDigest().update("ab").update("c").digest()).toBe(known);
  });
});
