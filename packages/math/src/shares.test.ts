import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bpsMulHalfUp,
  RAY,
  rayDivHalfUp,
  rayMulHalfUp,
  wadDivDown,
  wadDivUp,
  wadMulDown,
  wadMulUp,
} from "./fixed-point.js";
import { toAssetsDown, toAssetsUp, toSharesDown, toSharesUp } from "./shares.js";

const totals = fc.record({ totalAssets: fc.bigInt(0n, 1n << 100n), totalShares: fc.bigInt(0n, 1n << 100n) });
const virtual = { assets: 1n, shares: 1_000_000n };

describe("share conversion", () => {
  it("never lets a round trip gain", () => {
    fc.assert(
      fc.property(totals, fc.bigInt(0n, 1n << 100n), (t, x) => {
        expect(toAssetsDown(toSharesDown(x, t, virtual), t, virtual) <= x).toBe(true);
        expect(toSharesUp(toAssetsDown(x, t, virtual), t, virtual) <= x).toBe(true);
        expect(toAssetsUp(toSharesUp(x, t, virtual), t, virtual) >= x).toBe(true);
        expect(toAssetsUp(x, t, virtual) - toAssetsDown(x, t, virtual) <= 1n).toBe(true);
      }),
    );
  });

  it("gives an empty pool the virtual price", () => {
    const empty = { totalAssets: 0n, totalShares: 0n };
    expect(toSharesDown(5n, empty, virtual)).toBe(5_000_000n);
    expect(toAssetsDown(5_000_000n, empty, virtual)).toBe(5n);
  });
});

describe("fixed point", () => {
  it("rounds halves up where the contracts do", () => {
    expect(rayMulHalfUp(1n, RAY / 2n)).toBe(1n);
    expect(rayMulHalfUp(1n, RAY / 2n - 1n)).toBe(0n);
    expect(rayDivHalfUp(1n, 2n * RAY)).toBe(1n);
    expect(rayDivHalfUp(1n, 2n * RAY + 1n)).toBe(0n);
    expect(bpsMulHalfUp(1n, 5000n)).toBe(1n);
    expect(bpsMulHalfUp(1n, 4999n)).toBe(0n);
  });

  it("brackets between down and up", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 1n << 120n), fc.bigInt(1n, 1n << 120n), (a, b) => {
        expect(wadMulUp(a, b) - wadMulDown(a, b)).toBe((a * b) % 10n ** 18n === 0n ? 0n : 1n);
        expect(wadDivUp(a, b) - wadDivDown(a, b)).toBe((a * 10n ** 18n) % b === 0n ? 0n : 1n);
      }),
    );
  });
});
