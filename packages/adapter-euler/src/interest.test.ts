import { RAY } from "@shortfall/math";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEBT_UNIT, MAX_AMOUNT, MAX_INTEREST_RATE, MAX_OWED } from "./constants.js";
import { type AccruedTotals, accrue, linearKinkRate, rayPower } from "./interest.js";

const halfUp = (a: bigint, b: bigint): bigint => (a * b + RAY / 2n) / RAY;

describe("rayPower", () => {
  it("rounds every product half up, in the order of squaring", () => {
    const base = RAY + 1_547_125_957_666_413_085n;
    const square = halfUp(base, base);
    expect(rayPower(base, 0n)).toBe(RAY);
    expect(rayPower(base, 1n)).toBe(base);
    expect(rayPower(base, 2n)).toBe(square);
    expect(rayPower(base, 3n)).toBe(halfUp(base, square));
    expect(rayPower(base, 4n)).toBe(halfUp(square, square));
    expect(rayPower(base, 7n)).toBe(halfUp(halfUp(base, square), halfUp(square, square)));
  });

  it("keeps the contract's edges", () => {
    expect(rayPower(0n, 0n)).toBe(RAY);
    expect(rayPower(0n, 5n)).toBe(0n);
    expect(rayPower(RAY, 31_536_000n)).toBe(RAY);
    expect(rayPower((1n << 128n) - 1n, 1n)).toBe((1n << 128n) - 1n);
    expect(rayPower(1n << 128n, 2n)).toBeUndefined();
    expect(rayPower(RAY + MAX_INTEREST_RATE, 1n << 40n)).toBeUndefined();
  });

  it("grows with the exponent", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MAX_INTEREST_RATE), fc.bigInt(0n, 100_000n), (rate, seconds) => {
        const now = rayPower(RAY + rate, seconds);
        const later = rayPower(RAY + rate, seconds + 1n);
        if (now === undefined || later === undefined) return;
        // Rounding can cost half a unit a product, and there are at most two products a bit.
        expect(later + 40n * (later / RAY + 1n) >= now).toBe(true);
      }),
      { seed: 1 },
    );
  });
});

const totals = (change: Partial<AccruedTotals> = {}): AccruedTotals => ({
  cash: 500_000n,
  totalShares: 1_000_000n,
  totalBorrowsOwed: 500_000n * DEBT_UNIT,
  accumulatedFees: 0n,
  interestAccumulator: RAY,
  lastUpdate: 100n,
  ...change,
});

describe("accrue", () => {
  it("does nothing within a second and only moves the time at a rate of 0", () => {
    const before = totals();
    expect(accrue(before, 10n ** 20n, 1_000n, 100n)).toBe(before);
    expect(accrue(before, 0n, 1_000n, 200n)).toEqual(totals({ lastUpdate: 200n }));
  });

  it("multiplies debt by the new accumulator before dividing by the old, and mints fees at the price after", () => {
    const before = totals({ interestAccumulator: 3n * RAY });
    // One second at 10 %: 50,000 of interest, a tenth of it as fees.
    const after = accrue(before, RAY / 10n, 1_000n, 101n);
    expect(after.interestAccumulator).toBe((33n * RAY) / 10n);
    expect(after.totalBorrowsOwed).toBe(550_000n * DEBT_UNIT);
    expect(after.totalShares).toBe((1_050_000n * 1_000_000n) / 1_045_000n);
    expect(after.accumulatedFees).toBe(after.totalShares - 1_000_000n);
    expect(after.lastUpdate).toBe(101n);
  });

  it("leaves everything, the time too, where the debt would not fit", () => {
    const before = totals({ totalBorrowsOwed: MAX_OWED });
    expect(accrue(before, RAY / 10n, 1_000n, 101n)).toBe(before);
  });

  it("drops the fee where the shares would not fit", () => {
    const before = totals({ totalShares: MAX_AMOUNT });
    const after = accrue(before, RAY / 10n, 1_000n, 101n);
    expect(after.totalBorrowsOwed).toBe(550_000n * DEBT_UNIT);
    expect(after.totalShares).toBe(MAX_AMOUNT);
    expect(after.accumulatedFees).toBe(0n);
  });

  it("keeps the accumulator where the power overflows, and takes no interest", () => {
    const after = accrue(totals(), MAX_INTEREST_RATE, 1_000n, 1n << 40n);
    expect(after).toEqual(totals({ lastUpdate: 1n << 40n }));
  });

  it("never takes value from holders, whatever the fee", () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 24n),
        fc.bigInt(1n, 10n ** 24n),
        fc.bigInt(0n, 10n ** 19n),
        fc.bigInt(0n, 10_000n),
        fc.bigInt(1n, 10_000_000n),
        (cash, borrows, rate, fee, seconds) => {
          const before = totals({ cash, totalBorrowsOwed: borrows * DEBT_UNIT, totalShares: cash + borrows });
          const after = accrue(before, rate, fee, 100n + seconds);
          const value = (state: AccruedTotals): bigint =>
            ((state.cash + state.totalBorrowsOwed / DEBT_UNIT) * before.totalShares) /
            (state.totalShares || 1n);
          expect(value(after) + 1n >= value(before)).toBe(true);
          expect(after.totalShares - after.accumulatedFees).toBe(before.totalShares);
        },
      ),
      { seed: 3 },
    );
  });
});

describe("linearKinkRate", () => {
  const model = { baseRate: 7n, slope1: 3n, slope2: 100_000_000_000n, kink: 1n << 31n };

  it("is the base when empty or unused, continuous at the kink, steep above, capped", () => {
    expect(linearKinkRate(model, 0n, 0n)).toBe(7n);
    expect(linearKinkRate(model, 10n, 0n)).toBe(7n);
    const half = (10n ** 12n * ((1n << 32n) - 1n)) / (2n * 10n ** 12n);
    expect(linearKinkRate(model, 10n ** 12n, 10n ** 12n)).toBe(7n + half * 3n);
    const all = (1n << 32n) - 1n;
    expect(linearKinkRate(model, 0n, 5n)).toBe(7n + 3n * (1n << 31n) + (all - (1n << 31n)) * model.slope2);
    expect(linearKinkRate({ ...model, slope2: 10n ** 20n }, 0n, 5n)).toBe(MAX_INTEREST_RATE);
  });
});
