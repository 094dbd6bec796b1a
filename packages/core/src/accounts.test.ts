import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccountTable } from "./accounts.js";

const hex = (digits: string) => fc.string({ unit: fc.constantFrom(...digits), minLength: 40, maxLength: 40 });
/** Addresses, and keys that almost are: capitals, a digit short or long, another prefix, letters that are no digits. */
const key = fc.oneof(
  hex("0123456789abcdef").map((digits) => `0x${digits}`),
  fc.nat(40).map((n) => `0x${n.toString(16).padStart(40, "0")}`),
  fc.nat(40).map((n) => `0x${n.toString(16).padEnd(40, "0")}`),
  hex("0123456789ABCDEF").map((digits) => `0x${digits}`),
  hex("0123456789abcdefgé/:@`{").map((digits) => `0x${digits}`),
  hex("01").map((digits) => `0X${digits}`),
  hex("01").map((digits) => `0x${digits.slice(1)}`),
  hex("01").map((digits) => `0x${digits}0`),
  fc.string(),
);

describe("account table", () => {
  it("gives ids in order of first sight, whatever the keys, and gives back the very keys", () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 400 }), (keys) => {
        const table = new AccountTable();
        const plain = new Map<string, number>();
        for (const each of keys) {
          const known = plain.get(each);
          expect(table.find(each)).toBe(known);
          if (known === undefined) plain.set(each, plain.size);
          expect(table.intern(each)).toBe(plain.get(each));
        }
        expect(table.size).toBe(plain.size);
        expect(table.keys()).toEqual([...plain.keys()]);
        for (const [each, id] of plain) expect(table.keyOf(id)).toBe(each);
      }),
    );
  });

  it("keeps many, those that count up among them, through each growth", () => {
    const table = new AccountTable();
    const at = (n: number) => `0x${(n * 7919).toString(16).padStart(40, n % 2 === 0 ? "0" : "f")}`;
    for (let n = 0; n < 50_000; n++) expect(table.intern(at(n))).toBe(n);
    for (let n = 0; n < 50_000; n++) expect(table.find(at(n))).toBe(n);
    expect(table.keyOf(49_999)).toBe(at(49_999));
  });

  it.each([-1, 1, 0.5, Number.NaN])("names an id it did not give out: %s", (id) => {
    const table = new AccountTable();
    table.intern("0x00000000000000000000000000000000000000aa");
    expect(() => table.keyOf(id)).toThrow(RangeError);
  });
});
