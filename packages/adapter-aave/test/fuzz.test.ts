import type { ChainLog } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENTS } from "../src/events.js";
import { AaveModel } from "../src/model.js";
import { aaveTraces } from "../src/trace/session.js";
import { picture, trialBalanceSums } from "./support/picture.js";
import { filesOf, readTrace, seeded, type Trace } from "./support/traces.js";

/** A model some way into a history. */
function warmed(trace: Trace, lines: number): AaveModel {
  const session = aaveTraces.open(trace.header);
  const { model } = session;
  if (!(model instanceof AaveModel)) throw new Error("Not a model of this adapter.");
  for (let k = 0; k < lines; k++)
    session.observe({ number: k + 2, value: trace.lines[k]! }, { calls: false });
  return model;
}

const umbrella = readTrace("aave-v3", "11-umbrella-s201.jsonl.gz");

describe("logs without sense", () => {
  const model = warmed(umbrella, 120);
  const { market } = model.opened;
  const position = { block: 1, timestamp: 1_900_000_000, transaction: "fuzz" };
  const addresses = [
    market.addresses.pool,
    market.addresses.configurator,
    market.addresses.oracle,
    ...market.reserves.flatMap(({ identity }) => [identity.underlying, identity.aToken, identity.debtToken]),
    ...market.stakes.flatMap((stake) => [stake.address, stake.underlying, stake.priceFeed]),
    "0x00000000000000000000000000000000000000ff",
  ];
  const word = fc
    .bigInt({ min: 0n, max: (1n << 256n) - 1n })
    .map((value) => value.toString(16).padStart(64, "0"));
  const addressWord = fc.constantFrom(...addresses).map((address) => address.slice(2).padStart(64, "0"));
  const someWord = fc.oneof(
    word,
    addressWord,
    fc.nat(1000).map((n) => n.toString(16).padStart(64, "0")),
  );
  const log: fc.Arbitrary<ChainLog> = fc.record({
    address: fc.constantFrom(...addresses),
    topics: fc
      .tuple(fc.constantFrom(...EVENTS.keys(), `0x${"ab".repeat(32)}`), fc.array(someWord, { maxLength: 3 }))
      .map(([topic, rest]) => [topic, ...rest.map((entry) => `0x${entry}`)]),
    data: fc.oneof(
      fc.array(someWord, { maxLength: 6 }).map((words) => `0x${words.join("")}`),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`),
    ),
    logIndex: fc.nat(50),
  });

  it("are findings, never a crash, and leave nothing behind", () => {
    fc.assert(
      fc.property(fc.array(log, { minLength: 1, maxLength: 4 }), (logs) => {
        const before = picture(model);
        const { operations, findings } = model.observe({
          position,
          logs,
          reverted: false,
          touched: [],
          prices: [],
        });
        if (operations.length === 0) expect(picture(model)).toBe(before);
        else expect(findings.every((finding) => finding.severity !== "differs")).toBe(true);
        expect(trialBalanceSums(model).every((sum) => sum === 0n)).toBe(true);
      }),
      { numRuns: 400, seed: 7 },
    );
  });
});

describe("real logs, damaged", () => {
  it.each(filesOf("aave-v3-bundles").slice(-2))("of %s are kept whole or not at all", (file) => {
    const trace = readTrace("aave-v3-bundles", file);
    const random = seeded(99);
    const session = aaveTraces.open(trace.header);
    const { model } = session;
    if (!(model instanceof AaveModel)) throw new Error("Not a model of this adapter.");
    trace.lines.slice(0, 60).forEach((value, index) => {
      const transaction = session.transaction({ number: index + 2, value });
      if (transaction.logs.length > 1) {
        const logs = [...transaction.logs];
        const at = random(logs.length - 1);
        if (random(2) === 0) logs.splice(at, 1);
        else [logs[at], logs[at + 1]] = [logs[at + 1]!, logs[at]!];
        const before = picture(model);
        const mark = model.observe({ ...transaction, logs });
        if (mark.findings.some((finding) => finding.severity === "differs"))
          expect(picture(model)).toBe(before);
      }
      // Whatever was kept of it, the books balance and the next transaction is looked at afresh.
      model.observe(transaction);
      expect(trialBalanceSums(model).every((sum) => sum === 0n)).toBe(true);
    });
  });
});
