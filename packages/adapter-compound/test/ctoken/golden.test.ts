import { CHART } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { FAMILY, readVector, vectorNames } from "./vectors.js";

const MODES = ["observe", "execute"] as const;

for (const adapter of FAMILY) {
  describe(`${adapter.protocol}: golden files`, () => {
    for (const name of vectorNames(adapter.protocol)) {
      const vector = readVector(adapter.protocol, name);
      for (const mode of MODES) {
        it(`${name}: every recorded value, by ${mode}`, () => {
          const session = adapter.traces.open(vector.header);
          let comparisons = 0;
          for (const line of vector.lines) {
            const result =
              mode === "observe" ? session.observe(line, { calls: false }) : session.execute(line);
            expect(result.mismatches, `${name} line ${line.number}`).toEqual([]);
            expect(result.skipped).toBeUndefined();
            expect(result.callsUsed).toBe(0);
            comparisons += result.comparisons;
          }
          expect(comparisons).toBeGreaterThan(vector.lines.length * 40);
        });
      }

      it(`${name}: journal, register and views agree with the contracts`, () => {
        const session = adapter.traces.open(vector.header);
        for (const line of vector.lines) session.observe(line, { calls: false });
        const { model } = session;
        const sums = new Map<string, bigint>();
        for (const row of model.journal.trialBalance()) {
          const key = `${row.pool} ${row.commodity}`;
          sums.set(key, (sums.get(key) ?? 0n) + row.balance);
        }
        expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
        for (const view of model.pools()) {
          const held = (account: string) => model.journal.balance(view.pool, account, view.asset);
          expect(held(CHART.cash)).toBe(view.cash);
          expect(held(CHART.loans)).toBe(view.loans);
          expect(held(CHART.deficit)).toBe(view.deficitCarried);
          expect(-held(CHART.reserves)).toBe(view.reserves);
          expect(-held(CHART.suppliers("shares"))).toBe(view.suppliers);
          const open = model.deficits
            .all()
            .filter(({ pool, status }) => pool === view.pool && status !== "reversed")
            .reduce((sum, record) => {
              const layers = record.layers.reduce((all, layer) => all + layer.taken - layer.restored, 0n);
              return sum + layers;
            }, 0n);
          expect(open).toBe(view.deficitCarried);
        }
        for (const writeOff of model.writeOffs()) {
          const taken = writeOff.layers.reduce((sum, layer) => sum + layer.amount, 0n);
          expect(taken + writeOff.uncovered).toBe(writeOff.recomputed);
          expect(writeOff.reported).toBe(writeOff.recomputed);
          expect(model.haircuts(writeOff.id)).toEqual([]);
        }
      });
    }

    it("gives the same journal digest twice", () => {
      const [name = ""] = vectorNames(adapter.protocol);
      const vector = readVector(adapter.protocol, name);
      const digests = [0, 1].map(() => {
        const session = adapter.traces.open(vector.header);
        for (const line of vector.lines) session.observe(line, { calls: false });
        return session.model.journal.digest();
      });
      expect(digests[0]).toBe(digests[1]);
    });
  });
}
