import { describe, expect, it } from "vitest";
import { comet } from "../../src/comet/index.js";
import { CometTraceSession } from "../../src/comet/trace.js";
import { readVector, vectorNames } from "./history.js";

interface Tally {
  lines: number;
  comparisons: number;
  mismatches: string[];
  calls: number;
  resyncs: number;
  session: CometTraceSession;
}

function run(name: string, mode: "observe" | "execute", calls = true): Tally {
  const { header, lines } = readVector(name);
  const session = new CometTraceSession(header);
  const tally: Tally = { lines: lines.length, comparisons: 0, mismatches: [], calls: 0, resyncs: 0, session };
  for (const line of lines) {
    const result = mode === "observe" ? session.observe(line, { calls }) : session.execute(line);
    expect(result.skipped).toBeUndefined();
    expect(result.comparisons).toBeGreaterThan(10);
    tally.comparisons += result.comparisons;
    tally.calls += result.callsUsed;
    if (result.resynced) tally.resyncs++;
    for (const { field, recorded, computed } of result.mismatches) {
      tally.mismatches.push(`line ${line.number}: ${field} ${recorded} ≠ ${computed}`);
    }
    if (result.resynced)
      expect(result.findings.some((finding) => finding.class === "resynchronised")).toBe(true);
  }
  return tally;
}

describe("golden files of Comet", () => {
  const names = vectorNames();

  it("are there", () => {
    expect(names.length).toBe(10);
  });

  it.each(names)("%s is observed and executed without a difference, to the same journal", (name) => {
    const observed = run(name, "observe");
    expect(observed.mismatches).toEqual([]);
    expect(observed.resyncs).toBe(0);
    const executed = run(name, "execute");
    expect(executed.mismatches).toEqual([]);
    const { journal } = observed.session.model;
    expect(executed.session.model.journal.digest()).toBe(journal.digest());
    expect(journal.length).toBeGreaterThan(50);
  });

  it("need the call in at most three lines of a hundred", () => {
    const tallies = names.map((name) => run(name, "observe"));
    const calls = tallies.reduce((sum, tally) => sum + tally.calls, 0);
    const lines = tallies.reduce((sum, tally) => sum + tally.lines, 0);
    expect(calls).toBeGreaterThan(0);
    expect(calls / lines).toBeLessThan(0.03);
  });

  it.each(names)(
    "%s without calls is resynchronised where logs cannot show it, and agrees between",
    (name) => {
      const withCalls = run(name, "observe");
      const without = run(name, "observe", false);
      expect(without.mismatches).toEqual([]);
      expect(without.calls).toBe(0);
      expect(without.resyncs).toBe(withCalls.calls);
    },
  );

  it.each(names)("%s: reported and recomputed write-offs agree, layers and haircuts add up", (name) => {
    const { model } = run(name, "observe").session;
    expect(model.writeOffs().length).toBeGreaterThan(0);
    for (const writeOff of model.writeOffs()) {
      expect(writeOff.reported).toBe(writeOff.recomputed);
      const taken = writeOff.layers.reduce((sum, layer) => sum + layer.amount, 0n);
      expect(taken + writeOff.uncovered).toBe(writeOff.recomputed);
      for (const table of model.haircuts(writeOff.id)) {
        expect(table.basis).toBe("implied");
        const losses = table.rows.reduce((sum, row) => sum + row.loss, 0n);
        expect(losses + table.dust).toBe(table.absorbed);
      }
    }
    const [view] = model.pools();
    expect(view!.reserves).toBe(view!.cash + view!.loans - view!.suppliers);
    expect(view!.deficitRealised).toBe(
      model.writeOffs().reduce((sum, { recomputed }) => sum + recomputed, 0n),
    );
  });

  it("show the market's reserves below zero, with implied haircuts, where the file is about that", () => {
    const { model } = run("07-reserves-negative.jsonl.gz", "observe").session;
    expect(model.pools()[0]!.reserves).toBeLessThan(0n);
    const implied = model.writeOffs().flatMap(({ id }) => model.haircuts(id));
    expect(implied.length).toBeGreaterThan(0);
    expect(implied.every((table) => table.rows.length > 0)).toBe(true);
  });

  it("show recoveries by sale and donation where the file is about that", () => {
    const { model } = run("10-reserves-covered.jsonl.gz", "observe").session;
    expect(model.deficits.all().some((record) => record.recovered > 0n)).toBe(true);
  });
});

describe("older layout", () => {
  it("gives the same arithmetic under the version's own name", () => {
    const { header, lines } = readVector("03-weth-base.jsonl.gz");
    const session = comet.traces.open({ ...header, version: "Comet", contract: "Comet" });
    for (const line of lines) expect(session.execute(line).mismatches).toEqual([]);
  });
});
