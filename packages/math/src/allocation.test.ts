import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allocateCeilCapped,
  allocateFloor,
  allocateLargestRemainder,
  allocateRunningFloor,
  allocateSequential,
} from "./allocation.js";
import { AllocationError } from "./errors.js";

const weights = fc.array(fc.bigInt(0n, 1n << 100n), { minLength: 1, maxLength: 40 });
const amount = fc.bigInt(0n, 1n << 120n);
const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n);

describe("allocation", () => {
  it("conserves under every rule, and stays within one unit of the exact share", () => {
    fc.assert(
      fc.property(amount, weights, (value, w) => {
        const total = sum(w);
        fc.pre(total > 0n);
        for (const rule of [
          allocateFloor,
          allocateLargestRemainder,
          allocateRunningFloor,
          allocateCeilCapped,
        ]) {
          const { parts, dust } = rule(value, w);
          expect(sum(parts) + dust).toBe(value);
          expect(dust >= 0n && dust < BigInt(w.length)).toBe(true);
          for (const part of parts) expect(part >= 0n).toBe(true);
        }
        for (const rule of [allocateFloor, allocateLargestRemainder, allocateRunningFloor]) {
          rule(value, w).parts.forEach((part, k) => {
            const off = part * total - value * w[k]!;
            expect(off > -total && off <= total).toBe(true);
          });
        }
      }),
    );
  });

  it("gives largest remainders first, and equal ones to the earlier weight", () => {
    expect(allocateLargestRemainder(5n, [1n, 1n, 1n]).parts).toEqual([2n, 2n, 1n]);
    expect(allocateLargestRemainder(10n, [6n, 3n, 2n]).parts).toEqual([5n, 3n, 2n]);
    expect(allocateLargestRemainder(1n, [0n, 1n]).parts).toEqual([0n, 1n]);
  });

  it("never gives to a weight of zero", () => {
    fc.assert(
      fc.property(amount, weights, (value, w) => {
        fc.pre(sum(w) > 0n);
        for (const rule of [
          allocateFloor,
          allocateLargestRemainder,
          allocateRunningFloor,
          allocateCeilCapped,
        ]) {
          rule(value, w).parts.forEach((part, k) => {
            if (w[k] === 0n) expect(part).toBe(0n);
          });
        }
      }),
    );
  });

  it("ceil-capped lets the first ones carry the rounding", () => {
    expect(allocateCeilCapped(10n, [1n, 1n, 1n]).parts).toEqual([4n, 4n, 2n]);
    expect(allocateCeilCapped(1n, [1n, 1n]).parts).toEqual([1n, 0n]);
  });

  it("running floor needs no second pass", () => {
    expect(allocateRunningFloor(10n, [1n, 1n, 1n]).parts).toEqual([3n, 3n, 4n]);
  });

  it("sequential fills in order and says what no capacity held", () => {
    expect(allocateSequential(10n, [4n, 0n, 3n])).toEqual({ parts: [4n, 0n, 3n], dust: 3n });
    expect(allocateSequential(2n, [4n, 3n])).toEqual({ parts: [2n, 0n], dust: 0n });
    expect(() => allocateSequential(1n, [-1n])).toThrow(AllocationError);
    expect(() => allocateSequential(-1n, [])).toThrow(AllocationError);
  });

  it("refuses what cannot be shared", () => {
    for (const rule of [allocateFloor, allocateLargestRemainder, allocateRunningFloor, allocateCeilCapped]) {
      expect(() => rule(1n, [0n, 0n])).toThrow("all weights are zero");
      expect(() => rule(1n, [])).toThrow(AllocationError);
      expect(() => rule(-1n, [1n])).toThrow("negative");
      expect(() => rule(1n, [1n, -1n])).toThrow("negative");
      expect(rule(0n, [0n])).toEqual({ parts: [0n], dust: 0n });
    }
  });
});
