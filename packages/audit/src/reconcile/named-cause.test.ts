import { DeficitRegister, type Finding, type WriteOff } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { lateRecovery, namedCause } from "./named-cause.js";

const ACCOUNT = `0x${"ab".repeat(20)}`;
const word = (value: bigint): string => value.toString(16).padStart(64, "0");
const log = (...values: bigint[]) => ({
  topics: [`0x${"1".repeat(64)}`, `0x${ACCOUNT.slice(2).padStart(64, "0")}`],
  data: `0x${values.map(word).join("")}`,
});
const finding: Finding = {
  class: "unexplained",
  severity: "differs",
  message: "It differs.",
  position: { block: 9, timestamp: 0, line: 9 },
  field: "logs[0].args.amount",
  reported: "900",
  recomputed: "1000",
};
const writeOff = (line: number): WriteOff => ({
  id: "w",
  position: { block: line, timestamp: 0, line },
  pool: "p",
  asset: "A",
  account: ACCOUNT,
  reported: 700n,
  recomputed: 700n,
  source: "WriteOff.debt",
  layers: [],
  uncovered: 0n,
});

describe("a cause that the logs show", () => {
  it.each<[string, Finding, Parameters<typeof namedCause>[1], WriteOff[], string]>([
    ["a fee that another log moves", finding, [log(900n), log(100n)], [], "fee"],
    ["an amount of the log itself", finding, [log(900n, 100n)], [], "unexplained"],
    ["a difference of roundings", { ...finding, reported: "998" }, [log(998n), log(2n)], [], "unexplained"],
    ["no numbers", { ...finding, reported: "null" }, [log(0n), log(100n)], [], "unexplained"],
    ["a loss from before", finding, [log(700n)], [writeOff(3)], "double-write-off"],
    [
      "the same loss, missing an event",
      { ...finding, class: "missing-event" },
      [log(700n)],
      [writeOff(3)],
      "double-write-off",
    ],
    ["its own loss", finding, [log(700n)], [writeOff(9)], "unexplained"],
    ["another amount", finding, [log(701n)], [writeOff(3)], "unexplained"],
    ["a note", { ...finding, severity: "note" }, [log(900n), log(100n)], [], "unexplained"],
  ])("of %s", (_what, given, logs, writeOffs, expected) => {
    expect(namedCause(given, logs, writeOffs).class).toBe(expected);
  });
});

describe("a recovery booked at another time", () => {
  const deficits = new DeficitRegister();
  deficits.recognise({
    id: "w",
    pool: "p",
    asset: "A",
    borrower: ACCOUNT,
    recognised: 1000n,
    recognisedAt: { block: 1, timestamp: 1 },
    layers: [{ layer: "carried", policy: "carry", taken: 1000n }],
  });
  deficits.recover("w", [250n], 0n, 0n);

  it.each([
    ["deficitRealised", 250n, "late-recovery"],
    ["deficitCarried", -250n, "late-recovery"],
    ["deficitRealised", 249n, undefined],
    ["cash", 250n, undefined],
    ["deficitRealised", 0n, undefined],
  ])("%s off by %s is %s", (figure, difference, expected) => {
    expect(lateRecovery({ deficits }, "p", figure, difference)).toBe(expected);
    expect(lateRecovery({ deficits }, "other", figure, difference)).toBeUndefined();
  });
});
