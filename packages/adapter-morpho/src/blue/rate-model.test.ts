import { WAD } from "@shortfall/math";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compoundedGrowthWad } from "./arithmetic.js";
import { adaptiveRate, expWad, utilisationRate } from "./rate-model.js";

const YEAR = 31_536_000n;
const curve = (borrowed: bigint, rateAtTarget: bigint, elapsed: bigint) =>
  adaptiveRate({ totalSupplyAssets: 1000n * WAD, totalBorrowAssets: borrowed, rateAtTarget, elapsed });
const MIN = WAD / 1000n / YEAR;
const MAX = (2n * WAD) / YEAR;

describe("adaptive curve", () => {
  it("starts at 4 % a year at target, a quarter of it when nothing is borrowed", () => {
    expect(curve(0n, 0n, 0n)).toEqual({ rate: 317_097_919n, rateAtTarget: 1_268_391_679n });
  });

  it("is its own target rate at 90 % and four times that when all is borrowed", () => {
    expect(curve(900n * WAD, 1_268_391_679n, 86_400n).rate).toBe(1_268_391_679n);
    expect(curve(1000n * WAD, 1_268_391_679n, 0n).rate).toBe(4n * 1_268_391_679n);
  });

  it("moves toward its bounds and stays within them", () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 1000n * WAD),
        fc.bigInt(MIN, MAX),
        fc.bigInt(0n, 10n * YEAR),
        (borrowed, start, elapsed) => {
          const { rate, rateAtTarget } = curve(borrowed, start, elapsed);
          expect(rateAtTarget >= MIN && rateAtTarget <= MAX).toBe(true);
          expect(rate >= MIN / 4n && rate <= 4n * MAX).toBe(true);
          if (borrowed < 899n * WAD) expect(rateAtTarget <= start).toBe(true);
          if (borrowed > 901n * WAD) expect(rateAtTarget >= start).toBe(true);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe("exponential", () => {
  it("is 1 at 0, 0 far below, and constant far above", () => {
    expect(expWad(0n)).toBe(WAD);
    expect(expWad(-50n * WAD)).toBe(0n);
    expect(expWad(94n * WAD)).toBe(expWad(200n * WAD));
  });

  it("never falls, and is within 1 % of e^x", () => {
    fc.assert(
      fc.property(fc.bigInt(-20n * WAD, 20n * WAD), fc.bigInt(0n, WAD), (x, step) => {
        expect(expWad(x + step) >= expWad(x)).toBe(true);
        const exact = Math.exp(Number(x) / 1e18);
        expect(Math.abs(Number(expWad(x)) / 1e18 / exact - 1)).toBeLessThan(0.01);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe("growth", () => {
  it("is three terms, so far below the exponential for long times", () => {
    expect(compoundedGrowthWad(WAD, 3n)).toBe(3n * WAD + (9n * WAD) / 2n + (27n * WAD) / 6n);
  });

  it("is nothing without a rate or without time", () => {
    expect(compoundedGrowthWad(0n, 100n)).toBe(0n);
    expect(compoundedGrowthWad(100n, 0n)).toBe(0n);
  });
});

describe("utilisation over a year", () => {
  it("is 0 for an empty market", () => {
    const empty = { totalSupplyAssets: 0n, totalBorrowAssets: 0n, rateAtTarget: 0n, elapsed: 1n };
    expect(utilisationRate(empty)).toBe(0n);
    expect(utilisationRate({ ...empty, totalSupplyAssets: 2n, totalBorrowAssets: 1n })).toBe(WAD / 2n / YEAR);
  });
});
