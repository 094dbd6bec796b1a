import type { TraceLine } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { checkTrace } from "./check-trace.js";
import { toyAdapter } from "./toy-adapter.js";
import { recordToyTrace, type ToyTrace, toyAccount } from "./toy-trace.js";

const LENDER = toyAccount(1);
const BORROWER = toyAccount(2);

const trace = recordToyTrace([
  { type: "Supply", account: LENDER, assets: "1000000" },
  { type: "Borrow", account: BORROWER, assets: "400000" },
  { type: "Repay", account: BORROWER, assets: "100001" },
  { type: "Borrow", account: BORROWER, assets: "900000" },
  { type: "Sweep", assets: "7" },
  { type: "WriteOff", account: BORROWER },
  { type: "Supply", account: LENDER, assets: "55" },
]);

function* linesOf(recorded: ToyTrace): Generator<TraceLine> {
  for (const [index, value] of recorded.lines.entries()) yield { number: index + 2, value };
}

const check = (
  recorded: ToyTrace,
  modes: readonly ("observe" | "execute")[] = ["observe", "execute"],
  calls = true,
) => checkTrace(toyAdapter, recorded.header, linesOf(recorded), { modes, calls });

const withLine = (index: number, change: Readonly<Record<string, unknown>>): ToyTrace => ({
  ...trace,
  lines: trace.lines.map((line, at) => (at === index ? { ...line, ...change } : line)),
});

describe("checkTrace", () => {
  it("counts every line once a mode, and calls only where observing needs them", async () => {
    const [observe, execute] = await check(trace);
    expect(observe).toMatchObject({ mode: "observe", transactions: 7, mismatches: 0, callsUsed: 1 });
    expect(execute).toMatchObject({ mode: "execute", transactions: 7, mismatches: 0, callsUsed: 0 });
    expect(observe!.comparisons).toBeGreaterThan(7 * 4);
  });

  it("takes a line over from the record where calls may not be read, and says so", async () => {
    const [observe] = await check(trace, ["observe"], false);
    expect(observe).toMatchObject({
      transactions: 7,
      mismatches: 0,
      callsUsed: 0,
      resyncs: 1,
      incomplete: 1,
    });
  });

  it("reports a changed state value with its line, in both modes", async () => {
    const changed = withLine(2, { state: { ...(trace.lines[2]!.state as object), cash: "1" } });
    const results = await check(changed);
    for (const result of results) {
      expect(result.mismatches).toBe(1);
      expect(result.first).toEqual([
        { line: 4, mode: result.mode, field: "state.cash", recorded: "1", computed: "700001" },
      ]);
    }
  });

  it("fails a line that only a finding shows to differ", async () => {
    const stray = { address: toyAccount(99), topics: [`0x${"00".repeat(32)}`], data: "0x" };
    const logs = [...(trace.lines[0]!.logs as object[]), stray];
    const [observe] = await check(withLine(0, { logs }), ["observe"]);
    expect(observe!.mismatches).toBe(1);
    expect(observe!.first[0]!.field).toBe("finding.unexplained");
  });

  it("counts a line that cannot be executed once, whatever the modes", async () => {
    const bundled = withLine(4, { action: { type: "bundle", assets: "7" } });
    const [observe, execute] = await check(bundled);
    expect(observe).toMatchObject({ transactions: 7, skipped: 0 });
    // Executing misses the sweep, so the lines after it differ; they still count.
    expect(execute).toMatchObject({
      transactions: 6,
      skipped: 1,
      skipReasons: ["a bundle carries no arguments"],
    });
    const [alone] = await check(bundled, ["execute"]);
    expect(alone!.transactions).toBe(7);
  });

  it("refuses a malformed line and a header of another shape", async () => {
    await expect(check(withLine(1, { logs: "none" }))).rejects.toMatchObject({
      code: "SF_LINE",
      line: 3,
      field: "logs",
    });
    const header = { ...trace.header, params: {} };
    await expect(check({ ...trace, header })).rejects.toMatchObject({ code: "SF_HEADER" });
  });

  it("turns a model that throws into a mismatch of that line", async () => {
    const broken = {
      ...toyAdapter,
      traces: {
        open: (header: Parameters<typeof toyAdapter.traces.open>[0]) => {
          const session = toyAdapter.traces.open(header);
          return {
            model: session.model,
            transaction: session.transaction.bind(session),
            observe: () => {
              throw new RangeError("no such row");
            },
            execute: session.execute.bind(session),
          };
        },
      },
    };
    const [observe] = await checkTrace(broken, trace.header, linesOf(trace), {
      modes: ["observe"],
      calls: true,
      keep: 2,
    });
    expect(observe!.mismatches).toBe(7);
    expect(observe!.first).toHaveLength(2);
    expect(observe!.first[0]!.computed).toContain("no such row");
  });
});
