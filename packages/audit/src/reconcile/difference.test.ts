import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyDifference, classifyTexts } from "./difference.js";

const amount = fc.bigInt({ min: 1_000n, max: 2n ** 200n });

describe("classifyDifference", () => {
  it("calls equal numbers exact and one or two units rounding", () => {
    fc.assert(
      fc.property(amount, fc.constantFrom(-2n, -1n, 1n, 2n), (value, off) => {
        expect(classifyDifference(value, value)).toBe("exact");
        expect(classifyDifference(value + off, value)).toBe("rounding");
      }),
      { seed: 1 },
    );
  });

  it("sees a shift of decimals, also where it cut digits", () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 18 }), (value, places) => {
        const scale = 10n ** BigInt(places);
        expect(classifyDifference(value, value * scale)).toBe("decimals");
        fc.pre(value / scale > 0n && value - value / scale > 2n);
        expect(classifyDifference(value / scale, value)).toBe("decimals");
      }),
      { seed: 2 },
    );
  });

  it("sees what a double left of an integer", () => {
    expect(classifyDifference(123456789012345680000n, 123456789012345678901n)).toBe("lost-precision");
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 70n, max: 2n ** 250n }), (value) => {
        const rounded = BigInt(Number(value));
        fc.pre(rounded - value > 2n || value - rounded > 2n);
        expect(classifyDifference(rounded, value)).toBe("lost-precision");
      }),
      { seed: 3 },
    );
  });

  it("leaves the rest unexplained", () => {
    expect(classifyDifference(1_000_000n, 1_200_003n)).toBe("unexplained");
    expect(classifyDifference(-500n, 500n)).toBe("unexplained");
    expect(classifyDifference(0n, 500n)).toBe("unexplained");
    expect(classifyTexts("null", "5")).toBe("unexplained");
    expect(classifyTexts("5", "6")).toBe("rounding");
  });
});
