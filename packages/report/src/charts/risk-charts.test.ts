import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullAmount } from "../text/amount.js";
import { doubleText, labelDouble, shareText, shortDouble } from "../text/double.js";
import { durationText } from "../text/time.js";
import { contagionPictures } from "./contagion-graph.js";
import { doubleTicks } from "./double-axis.js";
import { exhaustionPictures } from "./layer-exhaustion.js";
import { lorenzPictures } from "./lorenz.js";
import { lossBins, lossHistogramPictures } from "./loss-histogram.js";
import { priceFanPictures } from "./price-fan.js";

const E30 = 10n ** 30n;
const words = { title: "t", description: "d" };

function expectSound(svg: string): void {
  expect(svg).not.toMatch(/NaN|Infinity|undefined|="-?\d+(\.\d+)?e/);
  expect(svg.match(/<[a-z][^>]*[^/]>/g)?.length).toBe(svg.match(/<\/[a-z]+>/g)?.length);
}

const numbers = (svg: string, tag: RegExp, name: string): number[] =>
  (svg.match(/<rect[^>]*>/g) ?? [])
    .filter((each) => tag.test(each))
    .map((each) => Number(new RegExp(` ${name}="([^"]+)"`).exec(each)?.[1]));

describe("loss columns", () => {
  it("count every path once, the largest loss in the last, whatever the size", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, E30), { minLength: 1 }), (losses) => {
        const { none, width, paths, largest } = lossBins(losses);
        expect(none + paths.reduce((sum, count) => sum + count, 0)).toBe(losses.length);
        expect(paths.length).toBeLessThanOrEqual(36);
        expect(`${width}`).toMatch(/^[125]0*$/);
        if (largest > 0n) expect(paths[paths.length - 1]).toBeGreaterThan(0);
        for (const [k, count] of paths.entries()) {
          const low = BigInt(k) * width;
          expect(losses.filter((loss) => loss > low && loss <= low + width)).toHaveLength(count);
        }
      }),
      { seed: 31 },
    );
  });

  it.each([[[1n]], [[0n, 1n, E30]], [[0n, 0n]], [[7n, 7n, 7n]]])("are drawn in case %#", (losses) => {
    const largest = losses.reduce((a, b) => (b > a ? b : a), 0n);
    const svg = lossHistogramPictures({
      id: "h",
      asset: "T",
      decimals: 18,
      bins: lossBins(losses),
      tailFrom: largest,
      marks: [
        { name: "var", amount: 0n },
        { name: "es", amount: largest },
      ],
      ...words,
    });
    expectSound(svg);
    for (const x of numbers(svg, /bar/, "x")) expect(x).toBeLessThan(900);
  });

  it("writes both marks in full where there is room, and never beyond the drawing", () => {
    const svg = lossHistogramPictures({
      id: "h",
      asset: "T",
      decimals: 6,
      bins: lossBins([0n, 5_000_000n, 10_000_000n]),
      tailFrom: 1n,
      marks: [
        { name: "var", amount: 5_000_000n },
        { name: "es", amount: 9_999_999n },
      ],
      ...words,
    });
    for (const amount of [5_000_000n, 9_999_999n]) expect(svg).toContain(fullAmount(amount, 6));
  });
});

describe("exhaustion", () => {
  it("puts all waterfalls on one scale of paths", () => {
    const layer = (reached: number, exhausted: number) => ({
      name: "l",
      fill: { kind: "depth", index: 0 } as const,
      reached,
      exhausted,
    });
    const svg = exhaustionPictures({
      id: "e",
      paths: 100,
      waterfalls: [
        { name: "a", layers: [layer(80, 40)] },
        { name: "b", layers: [layer(20, 0), { ...layer(1, 0), fill: { kind: "uncovered" } }] },
      ],
      ...words,
    });
    expectSound(svg);
    expect(numbers(svg.split("</svg>")[0]!, /block/, "width")).toEqual([440, 220, 110, 5.5]);
    expect(svg).toContain("touched on 80, 80%");
    expectSound(exhaustionPictures({ id: "e", paths: 1, waterfalls: [], ...words }));
  });
});

describe("the price fan", () => {
  const line = (name: string, ...prices: number[]) => ({ name, prices });
  it.each([
    ["a spread", [line("5%", 1, 0.5), line("50%", 1, 1), line("95%", 1, 2)], "50% 1"],
    ["one path", [line("5%", 1, 0.4), line("50%", 1, 0.4), line("95%", 1, 0.4)], "every path 0.4"],
    [
      "prices of 10^30",
      [line("5%", 1e30, 1), line("50%", 1e30, 1e29), line("95%", 1e30, 1e30)],
      "95% 1×10³⁰",
    ],
    [
      "prices of 10^-18",
      [line("5%", 1e-18, 1e-19), line("50%", 1e-18, 1e-18), line("95%", 1e-18, 2e-18)],
      "2×10⁻¹⁸",
    ],
  ])("draws %s", (_, quantiles, expected) => {
    const svg = priceFanPictures({
      id: "f",
      caption: "c",
      steps: [0, 10],
      quantiles,
      lowest: { ...quantiles[0]!, name: "lowest" },
      ticks: [{ at: 0, words: "start" }],
      ...words,
    });
    expectSound(svg);
    expect(svg).toContain(expected);
  });
});

describe("Lorenz curve and contagion graph", () => {
  it("place one unit and 10^30", () => {
    const svg = lorenzPictures({
      id: "l",
      holders: 2,
      total: E30 + 1n,
      points: [
        { holders: 0, held: 0n },
        { holders: 1, held: 1n },
        { holders: 2, held: E30 + 1n },
      ],
      top: [{ k: 1, held: E30 }],
      ...words,
    });
    expectSound(svg);
    expect(svg).toContain("the largest holds &gt;99.9%");
  });

  it("is sound with nothing, without prices, and with values a double can't tell apart", () => {
    const draw = (parts: Partial<Parameters<typeof contagionPictures>[0]>): string =>
      contagionPictures({ id: "c", vaults: [], markets: [], owns: [], backs: [], ...words, ...parts });
    expectSound(draw({}));
    const svg = draw({
      vaults: [
        { name: "a", economicPrice: 0, reportedPrice: 0 },
        { name: "b", economicPrice: Number.NaN, reportedPrice: null },
      ],
      markets: [{ name: "m", face: 1e30, value: 1e30 - 2 ** 47 }],
      owns: [{ vault: 0, market: 0, amount: 0 }],
      backs: [{ vault: 1, market: 0, circular: true }],
    });
    expect(svg.replaceAll("undefined", "")).not.toMatch(/NaN|Infinity/);
    expect(svg).toContain("1×10³⁰ less 141tn");
  });
});

describe("doubles in words", () => {
  it("are written without exponent and read back to the same double", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = doubleText(value);
        expect(text).toMatch(/^−?[\d,]+(\.\d+)?$/);
        expect(Number(text.replaceAll(",", "").replace("−", "-"))).toBe(value === 0 ? 0 : value);
        expect(shortDouble(value)).not.toMatch(/e/);
      }),
      { seed: 32 },
    );
    expect([doubleText(0.1 + 0.2), labelDouble(0.80859712), shortDouble(2856.4)]).toEqual([
      "0.30000000000000004",
      "0.808597",
      "2.86k",
    ]);
    expect(doubleText(Number.POSITIVE_INFINITY)).toBe("unbounded");
  });

  it("are never all or nothing when they are not", () => {
    expect([0, 1, 0.5, 1e-9, 1 - 1e-9, 0.1234].map(shareText)).toEqual([
      "0%",
      "100%",
      "50%",
      "<0.01%",
      ">99.99%",
      "12.34%",
    ]);
  });

  it("have ticks of 1, 2 or 5 that never pass the end", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
        fc.integer({ min: 2, max: 9 }),
        (max, count) => {
          const ticks = doubleTicks(max, count);
          expect(ticks.length).toBeGreaterThan(1);
          expect(ticks.length).toBeLessThanOrEqual(count + 1);
          expect(ticks[ticks.length - 1]!.at).toBeLessThanOrEqual(max);
          expect(ticks[1]!.at.toExponential()).toMatch(/^[125]e/);
        },
      ),
      { seed: 33 },
    );
    expect(doubleTicks(0, 5)).toEqual([{ at: 0, words: "0" }]);
    expect(doubleTicks(2.86, 5).map((tick) => tick.words)).toEqual(["0", "0.5", "1", "1.5", "2", "2.5"]);
  });

  it("say how long", () => {
    expect([0, 45, 90, 3600, 5400, 86_400, 259_200].map(durationText)).toEqual([
      "0 s",
      "45 s",
      "1.5 min",
      "1 h",
      "1.5 h",
      "1 day",
      "3 days",
    ]);
  });
});
