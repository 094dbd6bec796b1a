import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mulFactorDown,
  presentValue,
  principalBorrowUp,
  principalSupplyDown,
  principalValue,
  repayAndSupply,
  signedMulPrice,
  withdrawAndBorrow,
} from "./amounts.js";
import { INDEX_SCALE, MAX_INT104 } from "./constants.js";
import { CometRefusal } from "./errors.js";

const indexes = fc.record({
  supplyIndex: fc.bigInt(INDEX_SCALE, 50n * INDEX_SCALE),
  borrowIndex: fc.bigInt(INDEX_SCALE, 50n * INDEX_SCALE),
});
const principal = fc.bigInt(-(10n ** 24n), 10n ** 24n);
const refusal = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof CometRefusal) return error.reason;
    throw error;
  }
  return undefined;
};

describe("conversions between principal and value", () => {
  it("lose at most one unit of a supply principal and none of a debt", () => {
    fc.assert(
      fc.property(indexes, principal, (at, before) => {
        const after = principalValue(at, presentValue(at, before));
        if (before >= 0n) expect(before - after === 0n || before - after === 1n).toBe(true);
        else expect(after).toBe(before);
      }),
      { seed: 1 },
    );
  });

  it("never favour the account by more than a unit of value", () => {
    fc.assert(
      fc.property(indexes, fc.bigInt(-(10n ** 24n), 10n ** 24n), (at, value) => {
        expect(presentValue(at, principalValue(at, value))).toBeLessThanOrEqual(value);
      }),
      { seed: 2 },
    );
  });

  it("round a debt up and a supply down", () => {
    expect(principalSupplyDown(2n * INDEX_SCALE, 3n)).toBe(1n);
    expect(principalBorrowUp(2n * INDEX_SCALE, 3n)).toBe(2n);
    expect(principalBorrowUp(2n * INDEX_SCALE, 0n)).toBe(0n);
  });

  it("refuse what does not fit, by the contract's names", () => {
    expect(refusal(() => principalSupplyDown(INDEX_SCALE, MAX_INT104))).toBeUndefined();
    expect(refusal(() => principalSupplyDown(INDEX_SCALE, MAX_INT104 + 1n))).toBe("InvalidInt104()");
    expect(refusal(() => principalSupplyDown(INDEX_SCALE, 1n << 104n))).toBe("InvalidUInt104()");
    expect(refusal(() => principalBorrowUp(INDEX_SCALE, 1n << 250n))).toBe("Panic(0x11)");
    expect(refusal(() => mulFactorDown(1n << 255n, 2n))).toBe("Panic(0x11)");
  });

  it("value a debt toward zero", () => {
    expect(signedMulPrice(-3n, 1n, 2n)).toBe(-1n);
    expect(signedMulPrice(3n, 1n, 2n)).toBe(1n);
  });
});

describe("splits of a principal change", () => {
  it("add up to the change, one side of zero each", () => {
    fc.assert(
      fc.property(principal, principal, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const [repaid, supplied] = repayAndSupply(low, high);
        const [withdrawn, borrowed] = withdrawAndBorrow(high, low);
        expect(repaid + supplied).toBe(high - low);
        expect([withdrawn, borrowed]).toEqual([supplied, repaid]);
      }),
      { seed: 3 },
    );
  });

  it("are nothing when dust moves a principal the wrong way", () => {
    expect(repayAndSupply(10n, 9n)).toEqual([0n, 0n]);
    expect(withdrawAndBorrow(9n, 10n)).toEqual([0n, 0n]);
  });
});
