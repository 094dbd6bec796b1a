import { OutOfRangeError } from "@shortfall/math";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccountTable } from "./accounts.js";
import { Book } from "./book.js";
import { Column } from "./column.js";
import { BookUnderflowError } from "./errors.js";
import { UndoLog } from "./undo.js";

describe("AccountTable", () => {
  it("gives ids in order of first sight", () => {
    const accounts = new AccountTable();
    expect([accounts.intern("b"), accounts.intern("a"), accounts.intern("b")]).toEqual([0, 1, 0]);
    expect(accounts.keyOf(1)).toBe("a");
    expect(accounts.find("c")).toBeUndefined();
    expect(accounts.size).toBe(2);
    expect(() => accounts.keyOf(2)).toThrow("not given out");
  });
});

describe("Column", () => {
  it.each([128, 256] as const)("holds every %i-bit amount and refuses the next", (bits) => {
    const column = new Column(bits, 1);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.bigInt(0n, (1n << BigInt(bits)) - 1n), (id, value) => {
        column.set(id, value);
        expect(column.get(id)).toBe(value);
      }),
    );
    for (const edge of [0n, 1n, (1n << 64n) - 1n, 1n << 64n, (1n << BigInt(bits)) - 1n]) {
      column.set(3, edge);
      expect(column.get(3)).toBe(edge);
    }
    expect(() => column.set(0, 1n << BigInt(bits))).toThrow(OutOfRangeError);
    expect(() => column.set(0, -1n)).toThrow(OutOfRangeError);
    expect(column.get(1_000_000)).toBe(0n);
  });
});

describe("Book", () => {
  const operations = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("set" as const), id: fc.nat(8), value: fc.bigInt(0n, 1n << 100n) }),
      fc.record({ kind: fc.constant("checkpoint" as const) }),
    ),
    { maxLength: 80 },
  );

  it("keeps its sum, and every past it was asked to remember", () => {
    fc.assert(
      fc.property(operations, (script) => {
        const book = new Book("supply");
        const model = new Map<number, bigint>();
        const past: { epoch: number; rows: Map<number, bigint> }[] = [];
        for (const step of script) {
          if (step.kind === "checkpoint") past.push({ epoch: book.checkpoint(), rows: new Map(model) });
          else {
            book.set(step.id, step.value);
            model.set(step.id, step.value);
          }
          expect(book.sum).toBe([...model.values()].reduce((a, b) => a + b, 0n));
        }
        for (const { epoch, rows } of past) {
          for (let id = 0; id <= 8; id++) expect(book.at(epoch, id)).toBe(rows.get(id) ?? 0n);
          expect([...book.holders(epoch)]).toEqual(
            [...rows].filter(([, value]) => value !== 0n).sort(([a], [b]) => a - b),
          );
        }
      }),
    );
  });

  it("takes back what a rolled back trial wrote, in nested marks", () => {
    const undo = new UndoLog();
    const book = new Book("debt", { undo });
    book.set(0, 5n);
    const outer = undo.mark();
    book.add(0, 3n);
    book.set(1, 9n);
    const inner = undo.mark();
    book.subtract(1, 9n);
    undo.rollback(inner);
    expect([book.get(0), book.get(1), book.sum]).toEqual([8n, 9n, 17n]);
    undo.rollback(outer);
    expect([book.get(0), book.get(1), book.sum]).toEqual([5n, 0n, 5n]);
    undo.clear();
    expect(undo.mark()).toBe(0);
  });

  it("names an underflow and leaves the row", () => {
    const book = new Book("supply");
    book.set(2, 4n);
    expect(() => book.subtract(2, 5n)).toThrow(BookUnderflowError);
    expect(book.get(2)).toBe(4n);
  });
});
