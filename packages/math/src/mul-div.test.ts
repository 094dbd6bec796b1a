import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DivisionByZeroError, OutOfRangeError } from "./errors.js";
import { checkedMulDivDown, checkedMulDivUp, divUp, mulDivDown, mulDivHalfUp, mulDivUp } from "./mul-div.js";
import { MAX_UINT256, requireUint, requireUint128, requireUint256 } from "./range.js";

const uint256 = fc.bigInt(0n, MAX_UINT256);
const positive = fc.bigInt(1n, MAX_UINT256);
const small = fc.bigInt(0n, (1n << 128n) - 1n);

describe("mulDiv", () => {
  it("brackets the exact quotient, and the roundings are ordered", () => {
    fc.assert(
      fc.property(small, small, fc.bigInt(1n, (1n << 128n) - 1n), (a, b, c) => {
        const product = a * b;
        const down = mulDivDown(a, b, c);
        const up = mulDivUp(a, b, c);
        const half = mulDivHalfUp(a, b, c);
        expect(down * c <= product && product < (down + 1n) * c).toBe(true);
        expect(up - down).toBe(product % c === 0n ? 0n : 1n);
        expect(half).toBe(2n * (product % c) >= c ? up : down);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps the 512-bit product, and refuses only a result that does not fit", () => {
    expect(mulDivDown(MAX_UINT256, MAX_UINT256, MAX_UINT256)).toBe(MAX_UINT256);
    expect(() => mulDivDown(MAX_UINT256, 2n, 1n)).toThrow(OutOfRangeError);
    expect(() => mulDivUp(MAX_UINT256, 3n, 2n)).toThrow(OutOfRangeError);
    expect(() => mulDivHalfUp(MAX_UINT256, 3n, 2n)).toThrow(OutOfRangeError);
  });

  it("names a division by zero", () => {
    for (const f of [mulDivDown, mulDivUp, mulDivHalfUp, checkedMulDivDown, checkedMulDivUp]) {
      expect(() => f(1n, 1n, 0n)).toThrow(DivisionByZeroError);
    }
    expect(() => divUp(1n, 0n)).toThrow(DivisionByZeroError);
  });

  it("checked forms refuse what Solidity's own multiplication would", () => {
    fc.assert(
      fc.property(uint256, uint256, positive, (a, b, c) => {
        if (a * b > MAX_UINT256) expect(() => checkedMulDivDown(a, b, c)).toThrow(OutOfRangeError);
        else expect(checkedMulDivDown(a, b, c)).toBe((a * b) / c);
        if (a * b + c - 1n > MAX_UINT256) expect(() => checkedMulDivUp(a, b, c)).toThrow(OutOfRangeError);
        else expect(checkedMulDivUp(a, b, c)).toBe((a * b + c - 1n) / c);
      }),
    );
    expect(checkedMulDivUp(MAX_UINT256, 1n, 1n)).toBe(MAX_UINT256);
    expect(() => checkedMulDivUp(MAX_UINT256, 1n, 2n)).toThrow(OutOfRangeError);
  });
});

describe("range checks", () => {
  it("accept the edges and name what left them", () => {
    expect(requireUint256(MAX_UINT256, "x")).toBe(MAX_UINT256);
    expect(requireUint128((1n << 128n) - 1n, "x")).toBe((1n << 128n) - 1n);
    expect(requireUint((1n << 104n) - 1n, 104, "x")).toBe((1n << 104n) - 1n);
    expect(() => requireUint256(-1n, "debt")).toThrow("debt is -1, which does not fit uint256");
    expect(() => requireUint128(1n << 128n, "x")).toThrow(OutOfRangeError);
    expect(() => requireUint(1n << 104n, 104, "principal")).toThrow("uint104");
    expect(() => requireUint(-1n, 104, "principal")).toThrow(OutOfRangeError);
  });
});
