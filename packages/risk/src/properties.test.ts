import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accountStatus,
  clearing,
  concentration,
  crashLaw,
  finalSettlement,
  interimDistributions,
  layeredLoss,
  merkleSumTree,
  normalCdf,
  normalQuantile,
  oracleGuard,
  parseFraction,
  poolSolvency,
  RiskInputError,
  requiredFund,
  SumTreeError,
  simulate,
  snapshotAllocation,
  varEs,
  vaultCascade,
  verifySumProof,
} from "./index.js";

const amount = fc.bigInt(0n, 1n << 100n);
const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n);

describe("insolvency", () => {
  const pool = fc.record({
    cash: amount,
    loans: fc.array(fc.record({ owed: amount, recoverable: amount }), { maxLength: 6 }),
    reserves: amount,
    insurance: amount,
    recordedDeficit: amount,
    withdrawalDemand: amount,
  });

  it("absorbs exactly the gross shortfall, and more recovery never leaves more uncovered", () => {
    fc.assert(
      fc.property(pool, fc.nat(5), amount, (position, at, more) => {
        const result = poolSolvency(position);
        expect(result.fromReserves + result.fromInsurance + result.uncovered).toBe(result.grossShortfall);
        const better = {
          ...position,
          loans: position.loans.map((loan, k) =>
            k === at ? { ...loan, recoverable: loan.recoverable + more } : loan,
          ),
        };
        expect(poolSolvency(better).uncovered <= result.uncovered).toBe(true);
      }),
    );
  });

  it("splits a debt into recoverable and expected bad debt", () => {
    const posted = fc.record({
      value: amount,
      ltBps: fc.bigInt(0n, 9900n),
      bonusBps: fc.bigInt(0n, 3000n),
    });
    fc.assert(
      fc.property(fc.array(posted, { maxLength: 5 }), amount, (collateral, debt) => {
        const status = accountStatus(collateral, debt);
        expect(status.recoverable + status.expectedBadDebt).toBe(debt);
        if (status.class === "healthy" && status.wellPosed) expect(status.expectedBadDebt).toBe(0n);
      }),
    );
  });
});

describe("settlement", () => {
  it("pays out exactly, whatever the number of payments", () => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 8 }),
        fc.array(amount, { maxLength: 8 }),
        (claims, paid) => {
          const result = interimDistributions(claims, paid);
          expect(sum(result.paid) + result.undistributed).toBe(sum(paid));
          result.paid.forEach((got, k) => {
            expect(got <= claims[k]!).toBe(true);
          });
          const final = finalSettlement(sum(paid), [claims, claims]);
          expect(sum(final.payouts.flat()) + final.residual).toBe(sum(paid));
        },
      ),
    );
  });

  it("shares a loss exactly under every snapshot rule", () => {
    const rule = fc.oneof(
      fc.constantFrom({ kind: "at-event" as const }, { kind: "block-before" as const }),
      fc.record({
        kind: fc.constantFrom("window-max" as const, "window-min" as const, "time-weighted" as const),
        blocks: fc.integer({ min: 1, max: 20 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(amount, { minLength: 2, maxLength: 6 }), amount, rule, (held, loss, policy) => {
        const opening = new Map(held.map((shares, k) => [`holder${k}`, shares + 1n]));
        const { allocation } = snapshotAllocation(opening, [], 100, loss, policy);
        expect(sum(allocation)).toBe(loss);
      }),
    );
    expect(() =>
      snapshotAllocation(new Map([["a", 1n]]), [], 1, 1n, { kind: "window-max", blocks: 0 }),
    ).toThrow(RiskInputError);
  });
});

describe("metrics", () => {
  const losses = fc.array(fc.bigInt(0n, 1n << 60n), { minLength: 1, maxLength: 60 });

  it("an expected shortfall is never below its value at risk, and both writings of it agree", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom("0.5", "0.9", "0.95", "0.07"),
        (samples, alpha) => {
          const { var: value, es } = varEs(samples, parseFraction(alpha));
          expect(es >= value - 1e-9 * Math.max(1, value)).toBe(true);
          const excess = samples.reduce((total, x) => total + Math.max(0, x - value), 0) / samples.length;
          expect(es).toBeCloseTo(value + excess / (1 - Number(alpha)), 4);
        },
      ),
    );
  });

  it("layers and the unabsorbed rest make up the loss, and a stop-loss fund keeps its budget", () => {
    fc.assert(
      fc.property(losses, fc.array(fc.bigInt(1n, 1n << 60n), { maxLength: 5 }), (sample, capacities) => {
        const layers = capacities.map((capacity, k) => ({ id: `${k}`, capacity }));
        const result = layeredLoss(sample, layers, parseFraction("0.9"));
        const absorbed = result.expectedAbsorbed.reduce((a, b) => a + b, 0) * sample.length;
        const total = Number(sum(sample));
        expect(Math.abs(absorbed + Number(result.unabsorbedTotal) - total)).toBeLessThanOrEqual(
          1e-9 * total + 1e-6,
        );
        const budget = parseFraction("1000");
        const fund = requiredFund(sample, parseFraction("0.1"), budget);
        const unpaid = sample.reduce((rest, loss) => rest + Math.max(0, Number(loss) - fund.stopLossFund), 0);
        expect(unpaid / sample.length).toBeLessThanOrEqual(1000 * (1 + 1e-6) + 1e-9 * total);
        const above = sample.filter((loss) => loss > fund.quantileFund).length;
        expect(above * 10 <= sample.length).toBe(true);
      }),
    );
  });

  it("indexes by exact levels: 7 % of 100 is the seventh", () => {
    const samples = Array.from({ length: 100 }, (_, k) => k + 1);
    expect(varEs(samples, parseFraction("0.07")).index).toBe(7);
    expect(() => parseFraction("7%")).toThrow(RiskInputError);
  });

  it("figures of concentration do not depend on scale", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(0n, 1n << 40n), { minLength: 1, maxLength: 30 }),
        fc.bigInt(1n, 1n << 40n),
        (held, k) => {
          const a = concentration(held, [1, 3]);
          const b = concentration(
            held.map((each) => each * k),
            [1, 3],
          );
          expect(b.nakamoto).toBe(a.nakamoto);
          expect(b.hhi).toBeCloseTo(a.hhi, 12);
          expect(b.gini).toBeCloseTo(a.gini, 12);
        },
      ),
    );
  });
});

describe("normal distribution", () => {
  it("keeps relative accuracy in the tail, and the quantile inverts it", () => {
    expect(normalCdf(-8) / 6.220960574271786e-16).toBeCloseTo(1, 12);
    expect(normalCdf(-1) / 0.15865525393145705).toBeCloseTo(1, 14);
    expect(normalCdf(9)).toBe(1);
    for (const p of [1e-15, 1e-6, 0.001, 0.3, 0.5, 0.9, 0.999])
      expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 11);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("contagion", () => {
  const square = fc.integer({ min: 2, max: 5 }).chain((n) =>
    fc.record({
      liabilities: fc.array(
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: n, maxLength: n }),
        {
          minLength: n,
          maxLength: n,
        },
      ),
      assets: fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: n, maxLength: n }),
      // Something is owed outside by everybody: in a closed circle the iteration below may take for ever.
      external: fc.array(fc.double({ min: 0.25, max: 10, noNaN: true }), { minLength: n, maxLength: n }),
    }),
  );

  it("clearing payments are what iteration from above converges to, and never more than is owed", () => {
    fc.assert(
      fc.property(square, ({ liabilities, assets, external }) => {
        const clean = liabilities.map((row, i) => row.map((x, j) => (i === j ? 0 : x)));
        const result = clearing({
          liabilities: clean,
          assets,
          external,
          externalSenior: false,
          alpha: 1,
          beta: 1,
        });
        const owed = clean.map((row, i) => row.reduce((a, b) => a + b, 0) + external[i]!);
        let payments = [...owed];
        for (let k = 0; k < 5000; k++) {
          payments = payments.map((_, i) =>
            Math.min(
              owed[i]!,
              assets[i]! +
                clean.reduce(
                  (got, row, j) => got + (owed[j]! > 0 ? (row[i]! / owed[j]!) * payments[j]! : 0),
                  0,
                ),
            ),
          );
        }
        result.payments.forEach((paid, i) => {
          expect(paid).toBeLessThanOrEqual(owed[i]! + 1e-9);
          expect(Math.abs(paid - payments[i]!)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("names vaults that back each other, what a run could take, and a name that is not there", () => {
    const loan = (vault: string) => ({ debt: 10, bonus: 0.05, collateral: [{ vault, shares: 10 }] });
    const markets = { M1: { cash: 1, loans: [loan("B")] }, M2: { cash: 1, loans: [loan("A")] } };
    const vaults = {
      A: { idle: 0, shares: 11, alloc: { M1: 1 }, reportedPrice: 1 },
      B: { idle: 0, shares: 11, alloc: { M2: 1 } },
    };
    const result = vaultCascade(markets, vaults);
    expect(result.cycles).toEqual([["A", "B"]]);
    expect(result.extractable.A).toBeCloseTo((1 - result.sharePrice.A!) * 11, 9);
    expect(() => vaultCascade(markets, { A: { idle: 0, shares: 1, alloc: { M9: 1 } } })).toThrow("M9");
    expect(() => vaultCascade(markets, { A: vaults.A })).toThrow(RiskInputError);
  });
});

describe("sum tree", () => {
  const leaves = Array.from({ length: 5 }, (_, k) => ({
    account: `0x${(k + 1).toString(16).padStart(40, "0")}`,
    salt: `0x${(k + 7).toString(16).padStart(64, "0")}`,
    balance: BigInt(k) * 1000n + 1n,
  }));

  it("proves every leaf, and nothing changed", () => {
    const tree = merkleSumTree(leaves);
    leaves.forEach((leaf, index) => {
      const proof = tree.proof(index);
      expect(verifySumProof(tree.root, tree.total, leaf, proof)).toBe(true);
      expect(verifySumProof(tree.root, tree.total, { ...leaf, balance: leaf.balance + 1n }, proof)).toBe(
        false,
      );
      expect(verifySumProof(tree.root, tree.total + 1n, leaf, proof)).toBe(false);
      proof.forEach((sibling, k) => {
        const changed = (by: object) => proof.map((each, j) => (j === k ? { ...each, ...by } : each));
        expect(verifySumProof(tree.root, tree.total, leaf, changed({ left: !sibling.left }))).toBe(false);
        expect(verifySumProof(tree.root, tree.total, leaf, changed({ sum: sibling.sum + 1n }))).toBe(false);
        expect(verifySumProof(tree.root, tree.total, leaf, changed({ sum: -1n }))).toBe(false);
      });
    });
  });

  it("refuses leaves it could not commit to", () => {
    expect(() => merkleSumTree([])).toThrow(SumTreeError);
    expect(() => merkleSumTree([{ ...leaves[0]!, salt: "0x00" }])).toThrow("32 bytes");
    expect(() => merkleSumTree([{ ...leaves[0]!, balance: 1n << 128n }])).toThrow("uint128");
    expect(() => merkleSumTree(leaves).proof(5)).toThrow("0 to 4");
  });
});

describe("the simulator", () => {
  const settings = (dt: number, c: number) => ({
    dt,
    lt: 0.8,
    bonus: 0.05,
    closeFactor: 1,
    fullCloseBelowHf: 0,
    oracle: { deviation: 0, heartbeat: 0, delaySteps: 0 },
    dex: null,
    keeper: {
      maxDebtPerStep: c * dt,
      maxCountPerStep: null,
      latencySteps: 0,
      minProfit: Number.NEGATIVE_INFINITY,
    },
    gas: 0,
  });
  /** Loss of the crash law's own scenario, stepped. */
  const stepped = (dt: number): number => {
    const steps = Math.round(40 / dt);
    const prices = Float64Array.from({ length: steps + 1 }, (_, k) => Math.exp(-0.05 * k * dt));
    return simulate(prices, settings(dt, 10), [{ collateral: 125, debt: 100 }]).realisedBadDebt;
  };

  it("converges to the crash law, at first order in the step", () => {
    const law = crashLaw({ debt: 100, lt: 0.8, bonus: 0.05, latency: 0, repayRate: 10 }, 0.05).shortfall;
    const errors = [0.1, 0.05, 0.025, 0.0125].map((dt) => Math.abs(stepped(dt) - law));
    expect(errors[0]!).toBeLessThan(0.4);
    errors.slice(1).forEach((error, k) => {
      expect(error / errors[k]!).toBeGreaterThan(0.3);
      expect(error / errors[k]!).toBeLessThan(0.7);
    });
  });

  it("accounts for every unit of debt", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 100, max: 2000, noNaN: true }), { minLength: 2, maxLength: 40 }),
        fc.array(
          fc.record({
            collateral: fc.double({ min: 0.1, max: 50, noNaN: true }),
            debt: fc.double({ min: 1, max: 50_000, noNaN: true }),
          }),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (prices, positions) => {
          const outcome = simulate(prices, { ...settings(12, 1e9), closeFactor: 0.5 }, positions);
          const opening = positions.reduce((total, position) => total + position.debt, 0);
          const accounted = outcome.repaid + outcome.realisedBadDebt + outcome.remainingDebt;
          expect(Math.abs(accounted - opening)).toBeLessThan(1e-6 * opening);
          expect(simulate(prices, { ...settings(12, 1e9), closeFactor: 0.5 }, positions)).toEqual(outcome);
        },
      ),
    );
  });

  it("refuses paths that have no meaning", () => {
    expect(() => simulate([], settings(1, 1), [])).toThrow("prices");
    expect(() => simulate([1, 0], settings(1, 1), [])).toThrow("prices[1]");
    expect(() => simulate([1], settings(0, 1), [])).toThrow("dt");
  });
});

describe("oracle guard", () => {
  it("keeps no price while none was accepted", () => {
    const settings = { maxAgeSec: 10, maxMoveBps: 100n, secondaryTolBps: 100n };
    expect(oracleGuard([{ now: 100, updatedAt: 0, price: 5n }], settings)).toEqual({
      verdicts: ["stale"],
      lastAccepted: null,
    });
  });
});
