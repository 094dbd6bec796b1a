import { MAX_UINT256, RAY } from "@shortfall/math";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as arithmetic from "./arithmetic.js";
import { Refusal } from "./refusal.js";

const uint128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
const positive = fc.bigInt({ min: 1n, max: (1n << 128n) - 1n });

describe("conversions", () => {
  it("differ by their rounding only: down, nearest and up stand in order, at most one apart", () => {
    fc.assert(
      fc.property(uint128, positive, (a, b) => {
        for (const [down, near, up] of [
          [arithmetic.rayMulFloor(a, b), arithmetic.rayMul(a, b), arithmetic.rayMulCeil(a, b)],
          [arithmetic.rayDivFloor(a, b), arithmetic.rayDiv(a, b), arithmetic.rayDivCeil(a, b)],
          [arithmetic.percentMulFloor(a, b), arithmetic.percentMul(a, b), arithmetic.percentMulCeil(a, b)],
          [arithmetic.percentDivFloor(a, b), arithmetic.percentDiv(a, b), arithmetic.percentDivCeil(a, b)],
        ] as const) {
          expect(down <= near && near <= up && up <= down + 1n).toBe(true);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("give a scaled balance back from its rounded worth, for an index of at least one", () => {
    const index = fc.bigInt({ min: RAY, max: 1000n * RAY });
    fc.assert(
      fc.property(uint128, index, (scaled, indexRay) => {
        expect(arithmetic.rayDivFloor(arithmetic.rayMulCeil(scaled, indexRay), indexRay)).toBe(scaled);
        expect(arithmetic.rayDivCeil(arithmetic.rayMulFloor(scaled, indexRay), indexRay)).toBe(scaled);
        expect(arithmetic.rayDiv(arithmetic.rayMul(scaled, indexRay), indexRay)).toBe(scaled);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe("refusals", () => {
  const reasonOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof Refusal) return error.reason;
      throw error;
    }
    return "none";
  };

  it.each([
    ["a library product too wide", () => arithmetic.rayMul(MAX_UINT256, 2n), "0x"],
    ["a library division by zero", () => arithmetic.rayDiv(1n, 0n), "0x"],
    ["a percentage too wide", () => arithmetic.percentMulCeil(MAX_UINT256, 2n), "0x"],
    ["a division rounded up by zero", () => arithmetic.mulDivCeil(1n, 1n, 0n), "0x"],
    ["a sum too wide", () => arithmetic.add(MAX_UINT256, 1n), "Panic(0x11)"],
    ["a difference below zero", () => arithmetic.subtract(1n, 2n), "Panic(0x11)"],
    ["a product too wide", () => arithmetic.multiply(MAX_UINT256, 2n), "Panic(0x11)"],
    ["a division by zero", () => arithmetic.divide(1n, 0n), "Panic(0x12)"],
    ["a packed slot too narrow", () => arithmetic.addPacked((1n << 120n) - 1n, 1n, 120n), "Panic(0x11)"],
    ["nothing times anything", () => arithmetic.rayMul(MAX_UINT256, 0n), "none"],
  ])("of %s", (_what, run, reason) => {
    expect(reasonOf(run)).toBe(reason);
  });
});
