import { describe, expect, it } from "vitest";
import { isRecognised, liquidationLtvAt, NO_LTV } from "./ltv.js";

const ramp = {
  borrowLtv: 5_000n,
  liquidationLtv: 6_000n,
  initialLiquidationLtv: 8_000n,
  targetTimestamp: 1_000n,
  rampDuration: 300n,
};

describe("liquidationLtvAt", () => {
  it("falls in a straight line, rounded down, and stays at the target", () => {
    expect(liquidationLtvAt(ramp, 700n)).toBe(8_000n);
    expect(liquidationLtvAt(ramp, 850n)).toBe(7_000n);
    expect(liquidationLtvAt(ramp, 851n)).toBe(6_993n);
    expect(liquidationLtvAt(ramp, 999n)).toBe(6_006n);
    expect(liquidationLtvAt(ramp, 1_000n)).toBe(6_000n);
  });

  it("rises at once", () => {
    expect(liquidationLtvAt({ ...ramp, initialLiquidationLtv: 5_500n }, 700n)).toBe(6_000n);
  });

  it("knows a collateral of value 0 from one never heard of", () => {
    expect(isRecognised({ ...ramp, borrowLtv: 0n, liquidationLtv: 0n })).toBe(true);
    expect(isRecognised(NO_LTV)).toBe(false);
    expect(liquidationLtvAt(NO_LTV, 5n)).toBe(0n);
  });
});
