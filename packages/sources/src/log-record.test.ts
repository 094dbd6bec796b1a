import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAnyRecord, readPlainLog } from "./log-record.js";

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(..."0123456789abcdef"), { minLength: digits, maxLength: digits })
    .map((all) => `0x${all.join("")}`);
const odd = fc.constantFrom<unknown>(
  undefined,
  null,
  -1,
  1.5,
  2 ** 53,
  "0x",
  "7",
  "0xAB",
  "text",
  [],
  {},
  true,
  "",
);
const or = (plain: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 30, arbitrary: plain }, { weight: 1, arbitrary: odd });

const line = fc
  .record(
    {
      address: or(hex(40)),
      topics: or(fc.array(or(hex(64)), { maxLength: 5 })),
      data: or(fc.nat(3).chain((words) => hex(64 * words))),
      blockNumber: or(fc.oneof(fc.nat(), hex(4))),
      transactionHash: or(hex(64)),
      logIndex: or(fc.nat()),
      timestamp: or(fc.nat()),
      blockTimestamp: or(fc.nat()),
      transactionIndex: or(fc.nat()),
      blockHash: or(hex(64)),
      removed: fc.constantFrom<unknown>(undefined, undefined, undefined, true, false, null),
      chainId: or(fc.nat(3)),
      price: fc.constantFrom(undefined, undefined, undefined, null),
    },
    {
      requiredKeys: ["address", "topics", "data", "blockNumber", "transactionHash", "logIndex", "timestamp"],
    },
  )
  .map((value) => ({ number: 2, value }));

describe("a log in its plain form", () => {
  it("is read at once as it is read field by field; whatever is refused, is refused field by field", () => {
    let plain = 0;
    fc.assert(
      fc.property(line, fc.constantFrom(undefined, "1"), (given, chainId) => {
        const quick = readPlainLog(given, chainId);
        if (!quick) return;
        plain++;
        expect(quick).toEqual(readAnyRecord(given, "x", chainId));
      }),
      { numRuns: 1000 },
    );
    expect(plain).toBeGreaterThan(100);
  });
});
