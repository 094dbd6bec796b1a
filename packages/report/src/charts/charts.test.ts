import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullAmount } from "../text/amount.js";
import { barPictures } from "./bars.js";
import { coveragePictures } from "./coverage-bar.js";
import { type DepthChart, depthPictures } from "./depth.js";
import { distributionOf, distributionPictures } from "./distribution.js";
import { spreadLabels } from "./labels.js";
import { coordinate, lengthOf, tenthsOf, ticksOf } from "./scale.js";
import { waterfallPicture } from "./waterfall.js";

const E30 = 10n ** 30n;
const words = { title: "t", description: "d" };

/** Every number of a drawing is finite and plain; tags are closed. */
function expectSound(svg: string): void {
  expect(svg).not.toMatch(/NaN|Infinity|undefined|="-?\d+(\.\d+)?e/);
  const open = svg.match(/<[a-z][^>]*[^/]>/g)?.length ?? 0;
  const closed = svg.match(/<\/[a-z]+>/g)?.length ?? 0;
  expect(open).toBe(closed);
}

const attribute = (tag: string, name: string): number =>
  Number(new RegExp(` ${name}="([^"]+)"`).exec(tag)?.[1]);
const blocks = (svg: string, kind: RegExp): string[] =>
  (svg.match(/<rect[^>]*>/g) ?? []).filter((tag) => kind.test(tag));

describe("scale", () => {
  it("is exact at its ends and in proportion between, at any size", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, E30 * E30), fc.bigInt(0n, E30 * E30), (max, raw) => {
        const value = raw % (max + 1n);
        const tenths = tenthsOf(value, max, 500);
        expect(tenthsOf(max, max, 500)).toBe(5000);
        expect(tenthsOf(0n, max, 500)).toBe(0);
        // |tenths / 5000 − value / max| ≤ half a tenth, by cross-multiplication.
        const off = BigInt(tenths) * max - value * 5000n;
        expect(2n * (off < 0n ? -off : off) <= max).toBe(true);
        expect(tenthsOf(-value, max, 500)).toBe(tenths === 0 ? 0 : -tenths);
      }),
      { seed: 7 },
    );
  });

  it("refuses an axis without length", () => {
    expect(() => lengthOf(1n, 0n, 10)).toThrow(RangeError);
  });

  it("has ticks of 1, 2 or 5 from zero that never pass the end", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, E30 * E30), fc.integer({ min: 2, max: 9 }), (max, count) => {
        const ticks = ticksOf(max, count);
        expect(ticks[0]).toBe(0n);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        expect(ticks[ticks.length - 1]! <= max).toBe(true);
        expect(`${ticks[1]}`).toMatch(/^[125]0*$/);
      }),
      { seed: 8 },
    );
    expect(ticksOf(0n, 5)).toEqual([0n]);
    expect(ticksOf(1n, 5)).toEqual([0n, 1n]);
  });

  it("writes coordinates without exponent and without negative zero", () => {
    expect([0, -0, -0.04, 0.05, 1.25, -3.55, 900.25].map(coordinate)).toEqual([
      "0",
      "0",
      "0",
      "0.1",
      "1.3",
      "-3.5",
      "900.3",
    ]);
  });

  it("keeps labels in order and apart", () => {
    expect(spreadLabels([10, 11, 12, 200], 20, 0, 210)).toEqual([10, 30, 50, 200]);
    expect(spreadLabels([190, 191, 192], 20, 0, 200)).toEqual([160, 180, 200]);
    expect(spreadLabels([], 20, 0, 200)).toEqual([]);
  });
});

const depthOf = (amounts: readonly (readonly bigint[])[], decimals = 18): DepthChart => ({
  id: "x",
  asset: "T",
  decimals,
  layers: [
    { name: "first", fill: { kind: "depth", index: 0 } },
    { name: "second", fill: { kind: "depth", index: 1 } },
    { name: "uncovered", fill: { kind: "uncovered" } },
  ],
  steps: amounts.map((row, index) => ({ at: index * 10, amounts: row })),
  from: 0,
  to: 100,
  ticks: [{ at: 0, words: "start" }],
  ...words,
});

describe("depth section", () => {
  it.each([
    ["one unit", [[0n, 1n, 0n]]],
    ["10^30", [[E30, 3n * E30, 7n]]],
    ["nothing", [[0n, 0n, 0n]]],
    ["no step", []],
    ["one unit beside 10^30", [[E30, 1n, 0n]]],
  ])("draws %s", (_, amounts) => {
    const svg = depthPictures(depthOf(amounts));
    expectSound(svg);
    for (const [index] of [0, 1, 2].entries()) {
      const sum = amounts.reduce((total, row) => total + (row[index] ?? 0n), 0n);
      const { whole, rest } = splitAt(fullAmount(sum, 18));
      expect(svg).toContain(whole);
      expect(svg).toContain(rest);
    }
  });

  it("gives each layer of the tower its exact part of the height", () => {
    const svg = depthPictures(depthOf([[E30, 3n * E30, 0n]])).split("</svg>")[0]!;
    const [first, second] = blocks(svg, /block/).map((tag) => ({
      y: attribute(tag, "y"),
      height: attribute(tag, "height"),
    }));
    expect(second!.height / first!.height).toBeCloseTo(3, 2);
    expect(second!.y).toBeCloseTo(first!.y + first!.height, 1);
  });

  it("makes a part of one unit visible, and names it exactly", () => {
    const svg = depthPictures(depthOf([[E30, 1n, 0n]]));
    // The tower of the wide drawing, that of the narrow one, and the key of its list.
    expect(blocks(svg, /l1 block/).map((tag) => attribute(tag, "height"))).toEqual([0.8, 0.8, 12]);
    expect(svg).toContain("0.000000000000000001");
    expect(svg).toContain("&lt;0.1%");
  });
});

const splitAt = (amount: string): { whole: string; rest: string } => {
  const point = amount.indexOf(".");
  return point < 0
    ? { whole: amount, rest: "" }
    : { whole: amount.slice(0, point), rest: amount.slice(point) };
};

describe("waterfall", () => {
  const fall = (amounts: readonly bigint[]): string =>
    waterfallPicture({
      id: "f",
      decimals: 6,
      loss: amounts.reduce((sum, amount) => sum + amount, 0n),
      parts: amounts.map((amount, index) => ({
        name: `layer ${index}`,
        fill: { kind: "depth", index },
        amount,
      })),
      ...words,
    });

  it.each([[[1n]], [[E30, E30 * 2n, 1n]], [[0n, 0n]], [[]], [[5n, 0n, 5n]]])("draws case %#", (amounts) => {
    const svg = fall(amounts);
    expectSound(svg);
    for (const amount of amounts) expect(svg).toContain(fullAmount(amount, 6));
    for (const bar of blocks(svg, /block/)) {
      expect(attribute(bar, "x")).toBeGreaterThanOrEqual(0);
      expect(attribute(bar, "x") + attribute(bar, "width")).toBeLessThanOrEqual(357.1);
    }
  });

  it("begins every part where the last one ended", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, E30), { minLength: 1, maxLength: 8 }), (amounts) => {
        const loss = amounts.reduce((sum, amount) => sum + amount, 0n);
        fc.pre(loss > 0n);
        const bars = blocks(fall(amounts), /l\d block/);
        expect(bars.length).toBe(amounts.filter((amount) => amount > 0n).length);
        let reached = 0n;
        let k = 0;
        for (const amount of amounts) {
          if (amount > 0n) {
            const bar = bars[k++]!;
            const thin = attribute(bar, "width") <= 0.8;
            if (!thin) expect(attribute(bar, "x")).toBeCloseTo(1 + lengthOf(reached, loss, 356), 1);
          }
          reached += amount;
        }
      }),
      { seed: 9 },
    );
  });
});

describe("bars", () => {
  it.each([[[1n]], [[E30, 1n]], [[0n, 0n]], [[]]])("draws case %#", (amounts) => {
    const svg = barPictures({
      id: "b",
      decimals: 18,
      whole: amounts.reduce((sum, amount) => sum + amount, 0n),
      bars: amounts.map((amount, index) => ({ name: `n${index}`, amount })),
      ...words,
    });
    expectSound(svg);
    for (const amount of amounts) expect(svg).toContain(fullAmount(amount, 18));
  });
});

describe("distribution", () => {
  it("counts by powers of ten, nothing apart, and loses no unit", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, E30)), (losses) => {
        const { none, bins } = distributionOf(losses);
        expect(none + bins.reduce((sum, bin) => sum + bin.holders, 0)).toBe(losses.length);
        expect(bins.reduce((sum, bin) => sum + bin.loss, 0n)).toBe(
          losses.reduce((sum, loss) => sum + loss, 0n),
        );
        for (const [index, bin] of bins.entries()) expect(bin.power).toBe(bins[0]!.power + index);
      }),
      { seed: 10 },
    );
    expect(distributionOf([1n, 9n, 10n, 0n, E30]).bins.filter((bin) => bin.holders > 0)).toEqual([
      { power: 0, holders: 2, loss: 10n },
      { power: 1, holders: 1, loss: 10n },
      { power: 30, holders: 1, loss: E30 },
    ]);
  });

  it.each([[[1n]], [[1n, E30]], [[0n, 0n]], [[]]])("draws case %#", (losses) => {
    expectSound(
      distributionPictures({
        id: "d",
        asset: "T",
        decimals: 18,
        distribution: distributionOf(losses),
        ...words,
      }),
    );
  });
});

describe("coverage bar", () => {
  it("widens a gap that could not be seen, and stays within", () => {
    const svg = coveragePictures({
      id: "c",
      fromBlock: 1,
      toBlock: 20_000_000,
      missing: [{ fromBlock: 20_000_000, toBlock: 20_000_000 }],
      writeOffs: [
        { block: 1, differs: false },
        { block: 20_000_000, differs: true },
      ],
      ...words,
    });
    expectSound(svg);
    const gap = blocks(svg, /uncovered/)[0]!;
    expect(attribute(gap, "width")).toBe(3);
    expect(attribute(gap, "x")).toBe(637);
    expect(svg).toContain("mark alarm");
  });

  it("draws a single block", () => {
    expectSound(
      coveragePictures({
        id: "c",
        fromBlock: 5,
        toBlock: 5,
        missing: [],
        writeOffs: [{ block: 5, differs: false }],
        ...words,
      }),
    );
  });
});
