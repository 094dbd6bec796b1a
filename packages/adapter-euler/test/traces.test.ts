import { checkTrace } from "@shortfall/testing";
import { describe, expect, it } from "vitest";
import { eulerV2 } from "../src/index.js";
import type { EulerSession } from "../src/trace/session.js";
import { goldenFiles, readGolden } from "./golden.js";

const check = (set: string, name: string) => {
  const { header, lines } = readGolden(set, name);
  return checkTrace(eulerV2, header, lines, { modes: ["observe", "execute"], calls: false });
};

describe("golden traces of single calls", () => {
  it.each(goldenFiles("euler-v2"))("%s: every number, both ways", async (name) => {
    const [observe, execute] = await check("euler-v2", name);
    for (const result of [observe!, execute!]) {
      expect(result.first).toEqual([]);
      expect(result).toMatchObject({
        transactions: 280,
        mismatches: 0,
        callsUsed: 0,
        resyncs: 0,
        skipped: 0,
      });
      expect(result.comparisons).toBeGreaterThan(10_000);
    }
  });
});

describe("golden traces of batches", () => {
  it.each(goldenFiles("euler-v2-batches"))(
    "%s: observed in full, executed where calls are complete",
    async (name) => {
      const { lines } = readGolden("euler-v2-batches", name);
      const [observe, execute] = await check("euler-v2-batches", name);
      expect(observe!.first).toEqual([]);
      expect(observe).toMatchObject({ transactions: lines.length, mismatches: 0, callsUsed: 0, skipped: 0 });
      expect(observe!.comparisons).toBeGreaterThan(60_000);
      expect(execute!.first).toEqual([]);
      expect(execute!.mismatches).toBe(0);
      expect(execute!.transactions).toBeGreaterThan(200);
      expect(execute!.skipReasons).toEqual(["a donation carries no amount"]);
    },
  );
});

describe("journal", () => {
  it.each(["cascade-1", "nested-1", "nosocial-1", "fees-1"])(
    "%s: both ways write the same entries, balanced, and carry every loss",
    (name) => {
      const { header, lines } = readGolden("euler-v2", `${name}.jsonl.gz`);
      const sessions = [eulerV2.traces.open(header), eulerV2.traces.open(header)] as [
        EulerSession,
        EulerSession,
      ];
      const [observed, executed] = sessions;
      for (const line of lines) {
        observed.observe(line, { calls: false });
        executed.execute(line);
      }
      expect(observed.model.journal.digest()).toBe(executed.model.journal.digest());
      expect(observed.model.journal.length).toBeGreaterThan(lines.length / 2);
      for (const { model } of sessions) {
        const sums = new Map<string, bigint>();
        for (const row of model.journal.trialBalance()) {
          sums.set(row.pool, (sums.get(row.pool) ?? 0n) + row.balance);
        }
        expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
        const socialised = lines
          .flatMap((line) => line.value.logs as { name: string; args: { assets: string } }[])
          .filter((log) => log.name === "DebtSocialized");
        expect(socialised.length).toBeGreaterThan(0);
        expect(model.writeOffs().map((writeOff) => `${writeOff.recomputed}`)).toEqual(
          socialised.map((log) => log.args.assets),
        );
        for (const writeOff of model.writeOffs()) {
          expect(writeOff.reported).toBe(writeOff.recomputed);
          const layers = writeOff.layers.reduce((sum, layer) => sum + layer.amount, 0n);
          expect(layers + writeOff.uncovered).toBe(writeOff.recomputed);
          const [table] = model.haircuts(writeOff.id);
          const rows = table!.rows.reduce((sum, row) => sum + row.loss, 0n);
          expect(rows + table!.dust).toBe(table!.absorbed);
          expect(table!.dust).toBeGreaterThanOrEqual(0n);
          expect(table!.absorbed).toBe(writeOff.recomputed);
          expect(model.deficits.get(writeOff.id).recognised).toBe(writeOff.recomputed);
        }
      }
    },
  );

  it("leaves a loss that the vault's flag forbids to write off in the latent deficit", () => {
    const { header, lines } = readGolden("euler-v2", "nosocial-1.jsonl.gz");
    const session = eulerV2.traces.open(header);
    let latest = 0n;
    for (const line of lines) {
      session.observe(line, { calls: false });
      for (const pool of session.model.pools()) {
        if (pool.deficitLatent > latest) latest = pool.deficitLatent;
        expect(pool.deficitLatent <= pool.loans + 1n).toBe(true);
      }
    }
    expect(latest).toBeGreaterThan(0n);
  });
});
