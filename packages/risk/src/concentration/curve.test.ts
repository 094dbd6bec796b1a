import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concentrationCurve } from "./curve.js";

const E30 = 10n ** 30n;
const balances = fc.array(fc.bigInt(0n, E30), { maxLength: 300 });

describe("the concentration curve", () => {
  it("runs from nobody to all, convex and exact at every kept point, however many holders there are", () => {
    fc.assert(
      fc.property(balances, (held) => {
        const curve = concentrationCurve(held, [1, 5], 40);
        const sorted = held.filter((each) => each > 0n).sort((a, b) => (a < b ? -1 : 1));
        const sum = (part: readonly bigint[]): bigint => part.reduce((a, b) => a + b, 0n);
        expect(curve.points[0]).toEqual({ holders: 0, held: 0n });
        expect(curve.points.at(-1)).toEqual({ holders: sorted.length, held: sum(sorted) });
        expect(curve.points.length).toBeLessThan(90);
        for (const point of curve.points) expect(point.held).toBe(sum(sorted.slice(0, point.holders)));
        for (let k = 2; k < curve.points.length; k++) {
          const [a, b, c] = [curve.points[k - 2]!, curve.points[k - 1]!, curve.points[k]!];
          const left = (b.held - a.held) * BigInt(c.holders - b.holders);
          expect(left <= (c.held - b.held) * BigInt(b.holders - a.holders)).toBe(true);
        }
        expect(curve.top.map(({ held: top }) => top)).toEqual([1, 5].map((k) => sum(sorted.slice(-k))));
      }),
      { seed: 22 },
    );
  });

  it("keeps the few who hold much among a hundred thousand who hold little", () => {
    const many = concentrationCurve(
      [...Array.from({ length: 100_000 }, () => 1n), 10n ** 9n, 2n * 10n ** 9n],
      [1],
    );
    expect(many.points.slice(-3).map(({ holders }) => holders)).toEqual([100_000, 100_001, 100_002]);
    expect(many.points.length).toBeLessThan(410);
  });

  it("of nobody is a point", () => {
    expect(concentrationCurve([0n], [1])).toEqual({
      n: 0,
      total: 0n,
      points: [{ holders: 0, held: 0n }],
      top: [{ k: 1, held: 0n }],
    });
  });
});
