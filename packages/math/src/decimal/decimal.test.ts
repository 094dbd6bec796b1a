import { BigNumber } from "bignumber.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecimalError } from "../errors.js";
import { MAX_UINT256 } from "../range.js";
import {
  formatAmount,
  formatPercent,
  formatPrice,
  formatShare,
  formatWad,
  parseAmount,
  parsePrice,
  parseRatio,
} from "./index.js";

describe("parseAmount", () => {
  it.each([
    ["1.5", 6, 1_500_000n],
    ["1e-18", 18, 1n],
    ["1_000", 0, 1000n],
    ["1_000.000_001", 6, 1_000_000_001n],
    [".5", 1, 5n],
    [" 7 ", 2, 700n],
    ["1e3", 6, 1_000_000_000n],
    ["0.000", 0, 0n],
    ["-0", 6, 0n],
    [MAX_UINT256.toString(), 0, MAX_UINT256],
    [`${"1".repeat(59)}.${"1".repeat(18)}`, 18, BigInt("1".repeat(77))],
  ])("reads %s with %i decimals", (text, decimals, expected) => {
    expect(parseAmount(text, decimals)).toBe(expected);
  });

  it.each([
    ["", 6, "empty"],
    ["NaN", 6, "plain decimal"],
    ["Infinity", 6, "plain decimal"],
    ["0x10", 6, "plain decimal"],
    ["1.2.3", 6, "plain decimal"],
    ["1__0", 6, "plain decimal"],
    ["_1", 6, "plain decimal"],
    ["e5", 6, "plain decimal"],
    [".", 6, "plain decimal"],
    ["1,000", 6, "commas"],
    ["-1", 6, "negative"],
    ["0.0000001", 6, "more than the 6 decimals"],
    ["1e-19", 18, "more than the 18 decimals"],
    [(MAX_UINT256 + 1n).toString(), 0, "256 bits"],
    ["9".repeat(78), 0, "256 bits"],
  ])("refuses %j with %i decimals", (text, decimals, reason) => {
    expect(() => parseAmount(text, decimals)).toThrow(DecimalError);
    expect(() => parseAmount(text, decimals)).toThrow(reason);
  });

  it("reads a sign only where asked", () => {
    expect(parseAmount("-1.5", 1, { signed: true })).toBe(-15n);
  });

  it("reads back what formatAmount writes, for any amount and decimals", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MAX_UINT256), fc.integer({ min: 0, max: 77 }), (units, decimals) => {
        const text = formatAmount(units, decimals);
        expect(text).not.toMatch(/e/i);
        expect(parseAmount(text, decimals)).toBe(units);
      }),
    );
  });

  it("does not care what a host does to the shared constructor", () => {
    BigNumber.config({ DECIMAL_PLACES: 0, EXPONENTIAL_AT: 1, ROUNDING_MODE: BigNumber.ROUND_UP });
    try {
      expect(formatAmount(1n, 18)).toBe("0.000000000000000001");
      expect(parseAmount("1e-18", 18)).toBe(1n);
      expect(formatWad(333n)).toBe("0.000000000000000333");
    } finally {
      BigNumber.config({
        DECIMAL_PLACES: 20,
        EXPONENTIAL_AT: [-7, 20],
        ROUNDING_MODE: BigNumber.ROUND_HALF_UP,
      });
    }
  });
});

describe("formatAmount", () => {
  it("groups, pads and keeps every digit", () => {
    expect(formatAmount(1234567890123n, 6, { group: "," })).toBe("1,234,567.890123");
    expect(formatAmount(1000000n, 6, { padded: true })).toBe("1.000000");
    expect(formatAmount(-5n, 2)).toBe("-0.05");
    expect(formatAmount(0n, 18)).toBe("0");
    expect(formatAmount(7n, 0)).toBe("7");
  });
});

describe("ratios and prices", () => {
  it("reads the three ways of writing a ratio", () => {
    expect(parseRatio("0.05")).toBe(5n * 10n ** 16n);
    expect(parseRatio("5%")).toBe(5n * 10n ** 16n);
    expect(parseRatio("500 bps")).toBe(5n * 10n ** 16n);
    expect(() => parseRatio("1e-19")).toThrow(DecimalError);
    expect(() => parseRatio("-5%")).toThrow("not negative");
    expect(() => parseRatio("%")).toThrow(DecimalError);
  });

  it("shows ratios with the rounding that was named", () => {
    expect(formatPercent(10n ** 18n / 3n, 2, "down")).toBe("33.33%");
    expect(formatPercent(10n ** 18n / 3n, 2, "up")).toBe("33.34%");
    expect(formatShare(1n, 3n, 2, "half-up")).toBe("33.33%");
    expect(formatShare(1n, 0n, 2, "down")).toBe("–");
  });

  it("reads and writes prices", () => {
    expect(parsePrice("1999.5", 8)).toBe(199_950_000_000n);
    expect(formatPrice(199_950_000_000n, 8)).toBe("1999.5");
    expect(() => parsePrice("0", 8)).toThrow("above zero");
    expect(() => parsePrice("0.000000001", 8)).toThrow("finer than 8");
  });
});
