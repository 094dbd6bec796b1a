import { LineError, type TraceLine } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { CometTraceSession } from "../../src/comet/trace.js";
import { readVector } from "./history.js";

const NAME = "01-usdc-standard.jsonl.gz";
const open = () => {
  const { header, lines } = readVector(NAME);
  return { session: new CometTraceSession(header), lines };
};
const edit = (line: TraceLine, changes: Record<string, unknown>): TraceLine => ({
  ...line,
  value: { ...line.value, ...changes },
});

describe("a trace", () => {
  it.each([
    ["i", "one", "i"],
    ["block", -0.5, "block"],
    ["timestamp", null, "timestamp"],
    ["action", [], "action"],
    ["action", { type: "supply", amount: "-1" }, "action.amount"],
    ["action", { type: "supply", amount: (1n << 256n).toString() }, "action.amount"],
    ["logs", {}, "logs"],
    ["state", "none", "state"],
    ["reverted", 3, "reverted"],
  ])("with a malformed %s is refused with line and field", (key, value, field) => {
    const { session, lines } = open();
    const broken = edit(lines[0]!, { [key]: value });
    for (const run of [() => session.observe(broken, { calls: true }), () => session.execute(broken)]) {
      expect(run).toThrow(LineError);
      expect(run).toThrow(`Line 2, field "${field}"`);
    }
  });

  it("shows a gap, a repeat and a step back in time", () => {
    const { session, lines } = open();
    session.observe(lines[0]!, { calls: true });
    const fields = (line: TraceLine) =>
      session.observe(line, { calls: true }).mismatches.map(({ field }) => field);
    expect(fields(lines[0]!)).toContain("i");
    expect(fields(edit(lines[2]!, { timestamp: 5 }))).toContain("timestamp");
  });

  it("skips what cannot be executed, takes its state over and goes on", () => {
    const { session, lines } = open();
    lines.slice(0, 60).forEach((line, index) => {
      const bundled = index === 30 || index === 31;
      const result = session.execute(bundled ? edit(line, { action: { type: "bundle" } }) : line);
      expect(result.mismatches).toEqual([]);
      expect(result.skipped !== undefined).toBe(bundled);
    });
  });

  it("observes bundles as any other transaction", () => {
    const { session, lines } = open();
    const resyncs = lines.filter((line) => {
      const result = session.observe(
        edit(
          line,
          Array.isArray(line.value.logs) && line.value.logs.length > 0 ? { action: { type: "bundle" } } : {},
        ),
        { calls: true },
      );
      expect(result.mismatches).toEqual([]);
      return result.resynced;
    });
    expect(resyncs.length).toBe(0);
  });

  it("does not judge a payer's wallet", () => {
    const { session, lines } = open();
    const target = lines.find(({ value }) => (value.action as { type: string }).type === "supply")!;
    const result = session.execute(
      edit(target, { reverted: 'Error("ERC20: transfer amount exceeds balance")', logs: [] }),
    );
    expect(result.skipped).toMatch(/wallets/);
  });

  it("counts an account that the model knows and a full state leaves out", () => {
    const { session, lines } = open();
    for (const line of lines) {
      const result = session.observe(line, { calls: true });
      expect(result.mismatches).toEqual([]);
      if (line.number > 10 && line.value.full === true) break;
    }
    const again = open();
    const at = lines.findIndex((line) => line.number > 10 && line.value.full === true);
    for (const line of again.lines.slice(0, at)) again.session.observe(line, { calls: true });
    const state = structuredClone(again.lines[at]!.value.state) as {
      accounts: Record<string, { principal: string }>;
    };
    const [gone] = Object.keys(state.accounts).filter((key) => state.accounts[key]!.principal !== "0");
    delete state.accounts[gone!];
    const result = again.session.observe(edit(again.lines[at]!, { state }), { calls: true });
    expect(result.mismatches.some(({ field }) => field.startsWith(`state.accounts.${gone}`))).toBe(true);
  });

  it("resynchronises with the range since which it is uncertain", () => {
    const { session, lines } = open();
    const found = lines.flatMap((line) => session.observe(line, { calls: false }).findings);
    const resync = found.find((finding) => finding.class === "resynchronised");
    expect(resync).toMatchObject({ severity: "incomplete" });
    expect(resync!.since!.block).toBeLessThanOrEqual(resync!.position.block);
  });
});
