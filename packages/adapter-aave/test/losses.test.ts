import { openWaterfall, openWaterfallState, type PoolFacts, runWaterfall } from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import { describe, expect, it } from "vitest";
import { aaveV3 } from "../src/adapter.js";
import { UnknownWriteOffError } from "../src/books/losses.js";
import { AaveModel } from "../src/model.js";
import { planSlash } from "../src/operations/umbrella.js";
import { Step } from "../src/step.js";
import { filesOf, readTrace, type Trace } from "./support/traces.js";

function observed(trace: Trace, each?: (model: AaveModel, number: number) => void): AaveModel {
  const session = aaveV3.traces.open(trace.header);
  const { model } = session;
  if (!(model instanceof AaveModel)) throw new Error("Not a model of this adapter.");
  trace.lines.forEach((value, index) => {
    session.observe({ number: index + 2, value }, { calls: false });
    each?.(model, index + 2);
  });
  return model;
}

const facts = (asset: string): PoolFacts => ({
  pool: asset,
  asset,
  cash: 0n,
  loans: 0n,
  reserves: 0n,
  funds: new Map(),
  classes: [],
});

describe("write-offs of golden traces", () => {
  const files = filesOf("aave-v3").filter((file) => /^(01|05|11|13|14)/.test(file));

  it.each(files)("of %s sum up and stay open exactly as the pool's deficit does", (file) => {
    const trace = readTrace("aave-v3", file);
    const model = observed(trace, (current) => {
      for (const view of current.pools()) {
        const totals = current.deficits.totals(view.asset);
        expect(totals.recognised - totals.recovered).toBe(view.deficitCarried);
        expect(view.deficitRealised).toBe(totals.recognised);
      }
    });
    const writeOffs = model.writeOffs();
    expect(writeOffs.length).toBeGreaterThan(5);
    for (const writeOff of writeOffs) {
      expect(writeOff.recomputed).toBe(writeOff.reported);
      const absorbed = writeOff.layers.reduce((sum, layer) => sum + layer.amount, 0n);
      expect(absorbed + writeOff.uncovered).toBe(writeOff.recomputed);
      for (const table of model.haircuts(writeOff.id)) {
        const lost = table.rows.reduce((sum, row) => sum + row.loss, 0n);
        expect(lost + table.dust).toBe(table.absorbed);
        expect(table.basis).toBe("realised");
      }
    }
    expect(new Set(writeOffs.map((writeOff) => writeOff.id)).size).toBe(writeOffs.length);
  });

  it("are carried in full by the native waterfall, run through the engine", () => {
    const model = observed(readTrace("aave-v3", "05-multidebt-s5.jsonl.gz"));
    const waterfall = openWaterfall(model.nativeWaterfall(), catalogueRegistry);
    const records = model.deficits.all();
    expect(records.length).toBeGreaterThan(5);
    let state = openWaterfallState(waterfall);
    for (const record of records) {
      const outcome = runWaterfall(waterfall, state, facts(record.asset), {
        deficit: record.id,
        amount: record.recognised,
        borrower: record.borrower,
        position: record.recognisedAt,
      });
      state = outcome.state;
      const taken = outcome.layers.map(({ layer, policy, taken }) => ({ layer, policy, taken }));
      expect(taken).toEqual(record.layers.map(({ layer, policy, taken }) => ({ layer, policy, taken })));
      expect(outcome.uncovered).toBe(record.uncovered);
    }
  });

  it("reported with another amount are recomputed, named, and everything after them agrees", () => {
    const trace = readTrace("aave-v3", "05-multidebt-s5.jsonl.gz");
    const session = aaveV3.traces.open(trace.header);
    let spoilt = 0;
    const others = new Set<string>();
    trace.lines.forEach((value, index) => {
      const line = structuredClone(value) as { logs: { name: string; data: string }[] };
      const log = line.logs.find((entry) => entry.name === "DeficitCreated");
      const spoils = log !== undefined && spoilt < 3;
      if (spoils) {
        spoilt++;
        log.data = `0x${(BigInt(log.data) + 1_000n).toString(16).padStart(64, "0")}`;
      }
      const { findings, mismatches } = session.observe(
        { number: index + 2, value: { ...line } },
        { calls: false },
      );
      if (!spoils) for (const { field } of mismatches) others.add(`line ${index + 2}: ${field}`);
      else {
        expect(findings).toHaveLength(1);
        expect(findings[0]).toMatchObject({
          class: "unexplained",
          severity: "differs",
          field: "DeficitCreated.amountCreated",
        });
        expect(mismatches.map((mismatch) => mismatch.field)).toContain("DeficitCreated.amountCreated");
      }
    });
    expect([...others]).toEqual([]);
    const disputed = session.model.writeOffs().filter((entry) => entry.recomputed !== entry.reported);
    expect(disputed.map((entry) => entry.recomputed - entry.reported)).toEqual([-1_000n, -1_000n, -1_000n]);
  });

  it("has no write-off before 3.3: bad debt is latent", () => {
    let lines = 0;
    const model = observed(readTrace("aave-v3-versions", "v3.2.0-01-crash-s142.jsonl.gz"), (current) => {
      for (const view of current.pools()) {
        if (view.deficitLatent > 0n) lines++;
        expect(view.deficitCarried).toBe(0n);
        expect(view.deficitLatent).toBeLessThanOrEqual(view.loans);
      }
    });
    expect(lines).toBeGreaterThan(100);
    expect(model.writeOffs()).toEqual([]);
    expect(model.nativeWaterfall().layers).toEqual([]);
  });

  it("are refused by name when unknown", () => {
    const model = observed({ ...readTrace("aave-v3", "01-mixed-s1.jsonl.gz"), lines: [] });
    expect(() => model.haircuts("nothing")).toThrow(UnknownWriteOffError);
  });
});

describe("slashes", () => {
  it.each(["13-umbrellathin-s202.jsonl.gz", "12-umbrella-s204.jsonl.gz"])(
    "of %s take from each staker what his shares lost in worth, give or take one unit",
    (file) => {
      const trace = readTrace("aave-v3", file);
      const session = aaveV3.traces.open(trace.header);
      const { model } = session;
      if (!(model instanceof AaveModel)) throw new Error("Not a model of this adapter.");
      let tables = 0;
      trace.lines.forEach((value, index) => {
        const before = new Map(
          [...model.opened.stakes.values()].map((stake) => [
            stake.symbol,
            { assets: stake.totalAssets, shares: stake.supplyShares },
          ]),
        );
        const known = model.writeOffs().length;
        session.observe({ number: index + 2, value }, { calls: false });
        for (const writeOff of model.writeOffs().slice(known)) {
          if (writeOff.source !== "Slashed.amount") continue;
          const [table] = model.haircuts(writeOff.id);
          const old = before.get(writeOff.pool);
          const stake = model.opened.stakes.get(writeOff.pool);
          if (table === undefined || old === undefined || stake === undefined) throw new Error("No table.");
          expect(table.rows.length).toBeGreaterThan(0);
          for (const row of table.rows) {
            const worthBefore = (row.shares * (old.assets + 1n)) / (old.shares + 1n);
            const worthAfter = (row.shares * (stake.totalAssets + 1n)) / (stake.supplyShares + 1n);
            const difference = row.loss - (worthBefore - worthAfter);
            expect(difference >= -1n && difference <= 1n).toBe(true);
          }
          tables++;
        }
      });
      expect(tables).toBeGreaterThan(3);
    },
  );

  it("follow the stake-slash policy of the catalogue, fee, floor and cut cover included", () => {
    let compared = 0;
    for (const file of filesOf("aave-v3").filter((name) => name.includes("umbrella"))) {
      const trace = readTrace("aave-v3", file);
      observed(trace, (model, number) => {
        const { market } = model.opened;
        for (const stake of market.stakes) {
          const { reserve } = stake;
          const open = reserve.deficitAssets - reserve.offsetAssets - reserve.pendingAssets;
          if (open <= 0n || stake.totalAssets <= 1_000_000n || number % 3 !== 0) continue;
          const plan = planSlash(new Step(market, 0n, true), reserve, stake);
          const waterfall = openWaterfall(
            {
              format: "shortfall-waterfall/1",
              id: "umbrella",
              version: "1",
              layers: [
                {
                  id: "stake",
                  policy: "stake-slash",
                  parameters: {
                    fund: stake.symbol,
                    feeBps: stake.feeBps.toString(),
                    minimumLeft: "1000000",
                    prices: { loss: reserve.priceBase.toString(), stake: stake.priceBase.toString() },
                  },
                },
              ],
            },
            catalogueRegistry,
          );
          const outcome = runWaterfall(
            waterfall,
            openWaterfallState(waterfall),
            {
              ...facts(reserve.symbol),
              funds: new Map([
                [stake.symbol, { id: stake.symbol, balance: stake.totalAssets, asset: stake.underlying }],
              ]),
            },
            { deficit: "d", amount: open, borrower: "b", position: { block: 0, timestamp: 0 } },
          );
          const [layer] = outcome.layers;
          expect(outcome.absorbed).toBe(plan.coveredAssets);
          expect(layer?.figures.slashed).toBe(plan.takenAssets);
          expect(layer?.figures.feeAmount).toBe(plan.feeAssets);
          compared++;
        }
      });
    }
    expect(compared).toBeGreaterThan(20);
  });
});
