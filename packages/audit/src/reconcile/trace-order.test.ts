import type { SourceRecord } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OrderedItem } from "./chain-order.js";
import { TraceOrder } from "./trace-order.js";

const record = (i: number, line: number, extra: object = {}): SourceRecord => ({
  kind: "trace",
  line: { number: line, value: { i, block: 100 + i, timestamp: 1_000 + i, ...extra } },
});

function judge(numbers: readonly number[]): OrderedItem[] {
  const order = new TraceOrder();
  return [...numbers.flatMap((i, index) => order.push(record(i, index + 2))), ...order.end()];
}

const executed = (items: readonly OrderedItem[]): unknown[] =>
  items.flatMap((item) =>
    item.kind === "record" && item.record.kind === "trace" ? [item.record.line.value.i] : [],
  );
const classes = (items: readonly OrderedItem[]): string[] =>
  items.flatMap((item) => (item.kind === "finding" ? [item.finding.class] : []));

describe("the order of a trace", () => {
  it.each([[0], [1]])("is silent from %i on", (start) => {
    const numbers = Array.from({ length: 200 }, (_, k) => start + k);
    const items = judge(numbers);
    expect(executed(items)).toEqual(numbers);
    expect(classes(items)).toEqual([]);
  });

  it("puts lines that come late in their place, and says so", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { minLength: 2, maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        (keys, length) => {
          const numbers = Array.from({ length }, (_, k) => k + 1);
          // Shuffles within a short distance; the first stays first.
          const shuffled = numbers
            .map((value, at) => ({ value, key: at === 0 ? -1 : at + (keys[at % keys.length] ?? 0) }))
            .sort((a, b) => a.key - b.key || a.value - b.value)
            .map(({ value }) => value);
          const items = judge(shuffled);
          expect(executed(items)).toEqual(numbers);
          const sorted = shuffled.every((value, at) => value === numbers[at]);
          expect(new Set(classes(items))).toEqual(new Set(sorted ? [] : ["reordered-event"]));
        },
      ),
      { seed: 11 },
    );
  });

  it("names a first line that comes second", () => {
    const items = judge([1, 0, 2]);
    expect(executed(items)).toEqual([1, 2]);
    expect(classes(items)).toEqual(["reordered-event"]);
  });

  it("names a line that comes late while it waits for a number that never comes", () => {
    const numbers = [1, 2, 4, 5, 7, 6, 8, 9];
    const items = judge(numbers);
    expect(executed(items)).toEqual([1, 2, 4, 5, 6, 7, 8, 9]);
    expect(classes(items)).toEqual(["reordered-event", "missing-event"]);
  });

  it("names a gap by its numbers and goes on", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 90 }), fc.integer({ min: 1, max: 5 }), (from, count) => {
        const numbers = Array.from({ length: 100 }, (_, k) => k + 1).filter(
          (value) => value < from || value >= from + count,
        );
        const items = judge(numbers);
        expect(executed(items)).toEqual(numbers);
        expect(classes(items)).toEqual(["missing-event"]);
        const [finding] = items.flatMap((item) => (item.kind === "finding" ? [item] : []));
        expect(finding).toMatchObject({
          breaks: true,
          finding: { severity: "incomplete", recomputed: `${from}`, reported: `${from + count}` },
        });
      }),
      { seed: 12, numRuns: 40 },
    );
  });

  it("takes a number for unused where every line has a block and none is missing", () => {
    const order = new TraceOrder();
    const blocks = [
      [1, 11],
      [2, 12],
      [4, 13],
      [5, 14],
      [7, 16],
    ] as const;
    const items = [
      ...blocks.flatMap(([i, block], index) => order.push(record(i, index + 2, { block }))),
      ...order.end(),
    ];
    expect(executed(items)).toEqual([1, 2, 4, 5, 7]);
    expect(items.flatMap((item) => (item.kind === "finding" ? [item.finding.severity] : []))).toEqual([
      "note",
      "incomplete",
    ]);
  });

  it("does not execute a line twice, whether it repeats or contradicts", () => {
    expect(classes(judge([1, 2, 2, 3]))).toEqual(["duplicate-event"]);
    expect(executed(judge([1, 2, 2, 3]))).toEqual([1, 2, 3]);
    const order = new TraceOrder();
    order.push(record(1, 2));
    const [item] = order.push(record(1, 3, { extra: true }));
    expect(item).toMatchObject({ kind: "finding", finding: { class: "duplicate-event" } });
    expect(item?.kind === "finding" && item.finding.message).toContain("with other content");
  });

  it("reports a line that comes after its gap was given up, and does not execute it", () => {
    const numbers = [1, ...Array.from({ length: 70 }, (_, k) => k + 3), 2];
    const items = judge(numbers);
    expect(classes(items)).toEqual(["missing-event", "reordered-event"]);
    expect(executed(items)).not.toContain(2);
  });

  it("does not execute a line whose time goes back", () => {
    const order = new TraceOrder();
    order.push(record(1, 2));
    expect(order.push(record(2, 3, { timestamp: 5 }))).toMatchObject([
      { kind: "finding", breaks: true, finding: { class: "reordered-event", field: "timestamp" } },
    ]);
  });

  it("says when a history begins in the middle, and refuses a line without a number", () => {
    expect(classes(judge([7, 8]))).toEqual(["missing-event"]);
    expect(() => new TraceOrder().push({ kind: "trace", line: { number: 4, value: { i: "x" } } })).toThrow(
      'Line 4, field "i"',
    );
  });
});
