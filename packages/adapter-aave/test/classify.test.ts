import type { ChainLog, ChainTransaction, DifferenceClass } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { AaveModel } from "../src/model.js";
import { aaveTraces } from "../src/trace/session.js";
import { picture } from "./support/picture.js";
import { readTrace, type Trace } from "./support/traces.js";

const RESERVE_DATA_UPDATED = "0x804c9b842b2748a22bb64b345453a3de7ca54a6ca45ce00d415894979e22897a";

type Damage = (logs: readonly ChainLog[]) => ChainLog[];

const first = (logs: readonly ChainLog[]): ChainLog => logs[0]!;

/** Damages every transaction with more than three logs, on its own, and collects what is found. */
function classesOf(trace: Trace, damage: Damage, most = 40): Map<DifferenceClass | "none", number> {
  const session = aaveTraces.open(trace.header);
  const { model } = session;
  if (!(model instanceof AaveModel)) throw new Error("Not a model of this adapter.");
  const classes = new Map<DifferenceClass | "none", number>();
  let seen = 0;
  trace.lines.forEach((value, index) => {
    const transaction: ChainTransaction = session.transaction({ number: index + 2, value });
    const updates = transaction.logs.some((log) => log.topics[0] === RESERVE_DATA_UPDATED);
    if (transaction.logs.length > 3 && updates && seen < most) {
      seen++;
      const before = picture(model);
      const { findings, operations } = model.observe({ ...transaction, logs: damage(transaction.logs) });
      expect(operations).toEqual([]);
      expect(picture(model)).toBe(before);
      const found = findings[0]?.class ?? "none";
      classes.set(found, (classes.get(found) ?? 0) + 1);
    }
    expect(model.observe(transaction).findings).toEqual([]);
  });
  return classes;
}

const trace = readTrace("aave-v3", "01-mixed-s1.jsonl.gz");

describe("a damaged transaction", () => {
  it("with a log twice is told so", () => {
    const classes = classesOf(trace, (logs) => [first(logs), ...logs]);
    expect(classes.get("duplicate-event")).toBeGreaterThan(35);
    expect(classes.has("none")).toBe(false);
  });

  it("with two logs exchanged is told so", () => {
    const classes = classesOf(trace, ([one, two, ...rest]) => [two!, one!, ...rest]);
    expect(classes.get("reordered-event")).toBeGreaterThan(35);
    expect(classes.has("none")).toBe(false);
  });

  it("with a log missing is told so", () => {
    const classes = classesOf(trace, ([, ...rest]) => rest);
    expect([...classes.keys()]).toEqual(["missing-event"]);
  });

  it("with an index one ray off is told so", () => {
    const classes = classesOf(trace, (logs) =>
      logs.map((log) => {
        // The last word of ReserveDataUpdated is the borrow index.
        if (log.topics[0] !== RESERVE_DATA_UPDATED) return log;
        const word = BigInt(`0x${log.data.slice(-64)}`) + 1n;
        return { ...log, data: log.data.slice(0, -64) + word.toString(16).padStart(64, "0") };
      }),
    );
    expect(classes.get("rounding")).toBeGreaterThan(35);
    expect(classes.has("none")).toBe(false);
  });
});

describe("a history under the wrong release", () => {
  it("is told which release fits", () => {
    const wrong: Trace = {
      header: { ...readTrace("aave-v3-versions", "v3.3.0-01-mixed-s101.jsonl.gz").header, version: "3.4.0" },
      lines: readTrace("aave-v3-versions", "v3.3.0-01-mixed-s101.jsonl.gz").lines,
    };
    const session = aaveTraces.open(wrong.header);
    let finding: { class: string; message: string } | undefined;
    for (const [index, value] of wrong.lines.entries()) {
      const transaction = session.transaction({ number: index + 2, value });
      finding = session.model.observe(transaction).findings[0];
      if (finding !== undefined) break;
    }
    expect(finding?.class).toBe("wrong-version");
    expect(finding?.message).toMatch(/Under release .*3\.3/);
  });
});
