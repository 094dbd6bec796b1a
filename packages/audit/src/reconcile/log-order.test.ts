import type { SourceRecord } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import type { OrderedItem } from "./chain-order.js";
import { LogOrder } from "./log-order.js";

let line = 1;
const log = (block: number, logIndex: number, extra: object = {}): SourceRecord => ({
  kind: "log",
  position: { block, timestamp: block * 10, transaction: `0x${block}`, logIndex, line: ++line },
  log: { address: "0x1", topics: [], data: "0x", logIndex },
  removed: false,
  ...extra,
});

function judge(records: readonly SourceRecord[], complete = false): OrderedItem[] {
  const order = new LogOrder({ complete });
  return [...records.flatMap((record) => order.push(record)), ...order.end()];
}

const executed = (items: readonly OrderedItem[]): number =>
  items.filter((item) => item.kind === "record").length;
const findings = (items: readonly OrderedItem[]): string[] =>
  items.flatMap((item) => (item.kind === "finding" ? [`${item.finding.class} ${item.finding.field}`] : []));

describe("the order of plain logs", () => {
  it("is by block and log index, with gaps where other contracts log", () => {
    const items = judge([log(1, 0), log(1, 7), log(2, 3), log(9, 4_294_967_266)]);
    expect(executed(items)).toBe(4);
    expect(findings(items)).toEqual([]);
  });

  it.each<[string, SourceRecord[], string]>([
    ["a repeated log", [log(1, 0), log(1, 1), log(1, 1)], "duplicate-event logIndex"],
    [
      "a log whose index another has",
      [log(1, 1), log(1, 1, { log: { address: "0x2", topics: [], data: "0x", logIndex: 1 } })],
      "duplicate-event logIndex",
    ],
    ["a log out of order", [log(1, 5), log(1, 3)], "reordered-event logIndex"],
    ["a block out of order", [log(2, 0), log(1, 0)], "reordered-event blockNumber"],
    [
      "a block with two times",
      [log(1, 0), log(1, 1, { position: { block: 1, timestamp: 11, logIndex: 1, line: 9 } })],
      "reordered-event timestamp",
    ],
    ["a removed log", [log(1, 0), log(1, 1, { removed: true })], "reorged removed"],
    [
      "a block with two hashes",
      [log(1, 0, { blockHash: "0xa" }), log(1, 1, { blockHash: "0xb" })],
      "reorged blockHash",
    ],
    [
      "the same place in another block of that height",
      [
        log(1, 0, { blockHash: "0xa" }),
        log(1, 0, { blockHash: "0xb", log: { address: "0x2", topics: [], data: "0x", logIndex: 0 } }),
      ],
      "reorged logIndex",
    ],
  ])("refuses %s", (_what, records, expected) => {
    const items = judge(records);
    expect(findings(items)).toEqual([expected]);
    expect(executed(items)).toBe(records.length - 1);
  });

  it("sees a missing index where every log of a block should be there", () => {
    expect(findings(judge([log(1, 0), log(1, 1), log(2, 0)], true))).toEqual([]);
    const items = judge([log(1, 0), log(1, 3), log(2, 1)], true);
    expect(findings(items)).toEqual(["missing-event logIndex", "missing-event logIndex"]);
    expect(executed(items)).toBe(3);
  });

  it("refuses a price that belongs before the block reached", () => {
    const price: SourceRecord = {
      kind: "price",
      position: { block: 1, timestamp: 10, line: 5 },
      update: { subject: "A", price: 1n },
    };
    expect(findings(judge([log(2, 0), price]))).toEqual(["reordered-event blockNumber"]);
  });
});
