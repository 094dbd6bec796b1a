import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFraction } from "../fraction.js";
import { lossTail, varEs } from "./tail.js";

describe("the tail in base units", () => {
  it("is that of the doubles, rounded up, wherever doubles are exact", () => {
    const sample = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sample, fc.integer({ min: 0, max: 99 }), (losses, percent) => {
        const alpha = { numerator: BigInt(percent), denominator: 100n };
        const exact = lossTail(losses.map(BigInt), alpha);
        const floating = varEs(losses, alpha);
        expect([Number(exact.var), exact.index]).toEqual([floating.var, floating.index]);
        expect(Number(exact.es)).toBeGreaterThanOrEqual(floating.es - 1e-6);
        expect(Number(exact.es)).toBeLessThan(floating.es + 1 + 1e-6);
      }),
      { seed: 21 },
    );
  });

  it("keeps the last unit of 10^30", () => {
    const losses = Array.from({ length: 100 }, (_, k) => (k < 90 ? 0n : 10n ** 30n + BigInt(k)));
    const tail = lossTail(losses, parseFraction("0.95"));
    expect(tail).toEqual({ var: 10n ** 30n + 94n, es: 10n ** 30n + 97n, index: 95 });
  });

  it("refuses what has no tail", () => {
    expect(() => lossTail([], parseFraction("0.95"))).toThrow("losses");
    expect(() => lossTail([1n], parseFraction("1"))).toThrow("alpha");
    expect(() => lossTail([1n], parseFraction("-0.1"))).toThrow("alpha");
  });
});
