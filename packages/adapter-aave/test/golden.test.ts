import type { LineResult, TraceLine, TraceSession } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { aaveV3 } from "../src/adapter.js";
import { filesOf, readTrace, type Trace } from "./support/traces.js";

function run(
  trace: Trace,
  check: (session: TraceSession, number: number, value: TraceLine["value"]) => LineResult,
) {
  const session = aaveV3.traces.open(trace.header);
  const totals = { comparisons: 0, callsUsed: 0, skipped: 0, first: "" };
  trace.lines.forEach((value, index) => {
    const result = check(session, index + 2, value);
    totals.comparisons += result.comparisons;
    totals.callsUsed += result.callsUsed;
    if (result.skipped !== undefined) totals.skipped++;
    const wrong = result.mismatches[0];
    if (wrong !== undefined && totals.first === "") {
      totals.first = `line ${index + 2}: ${wrong.field} is ${wrong.recorded}, computed ${wrong.computed}`;
    }
  });
  return { session, totals };
}

for (const folder of ["aave-v3", "aave-v3-versions", "aave-v3-bundles"]) {
  describe(folder, () => {
    for (const file of filesOf(folder)) {
      it(`observes ${file} without reading a call`, () => {
        const trace = readTrace(folder, file);
        const { session, totals } = run(trace, (open, number, value) =>
          open.observe({ number, value }, { calls: false }),
        );
        expect(totals.first).toBe("");
        expect(totals.callsUsed).toBe(0);
        expect(totals.comparisons).toBeGreaterThan(trace.lines.length * 60);
        const balances = new Map<string, bigint>();
        for (const row of session.model.journal.trialBalance()) {
          const key = `${row.pool} ${row.commodity}`;
          balances.set(key, (balances.get(key) ?? 0n) + row.balance);
        }
        expect([...balances.values()].every((sum) => sum === 0n)).toBe(true);
      });

      it(`executes ${file}`, () => {
        const trace = readTrace(folder, file);
        const { totals } = run(trace, (open, number, value) => open.execute({ number, value }));
        expect(totals.first).toBe("");
        if (folder === "aave-v3-bundles") expect(totals.skipped).toBe(trace.lines.length);
        else expect(totals.comparisons).toBeGreaterThan(trace.lines.length * 60);
      });
    }
  });
}

describe("without any price", () => {
  it.each([
    ["aave-v3", "02-crash-s2.jsonl.gz"],
    ["aave-v3", "13-umbrellathin-s202.jsonl.gz"],
    ["aave-v3-versions", "v3.3.0-04-gho-s5.jsonl.gz"],
    ["aave-v3-bundles", "v3.4.0-31.jsonl.gz"],
  ])("every balance of %s/%s is the same: only valuations are off", (folder, file) => {
    const trace = readTrace(folder, file);
    const initial = structuredClone(trace.header.initial) as {
      reserves: Record<string, { price: string }>;
    };
    const params = structuredClone(trace.header.params) as {
      umbrella?: { stakes: { price: string }[] };
    };
    for (const reserve of Object.values(initial.reserves)) reserve.price = "0";
    for (const stake of params.umbrella?.stakes ?? []) stake.price = "0";
    const session = aaveV3.traces.open({ ...trace.header, initial, params, format: "shortfall-logs/1" });
    const wrong = new Set<string>();
    trace.lines.forEach((value, index) => {
      const logs = (value.logs as { name: string }[]).filter(
        (log) => log.name !== "AssetPriceUpdated" && log.name !== "FeedSet",
      );
      const { mismatches } = session.observe(
        { number: index + 2, value: { ...value, logs } },
        { calls: false },
      );
      for (const { field } of mismatches) {
        if (!/\.acct(\.|$)|\.price$|^action\.(type|price)$/.test(field))
          wrong.add(`line ${index + 2}: ${field}`);
      }
    });
    expect([...wrong]).toEqual([]);
  });
});
