import { describe, expect, it } from "vitest";
import { brownianPaths, crashPath } from "./paths.js";
import { priceFan } from "./price-fan.js";
import { seededSource } from "./random.js";

const paths = brownianPaths({ start: 2000, steps: 90, dtYears: 1 / 8766, drift: 0, vol: 5 });

describe("the price fan", () => {
  it("is the order statistics of the very paths that a stress run draws", () => {
    const fan = priceFan({ paths, count: 40, seed: 7, columns: 10 });
    expect(fan.steps).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    for (const [column, step] of fan.steps.entries()) {
      const prices = Array.from({ length: 40 }, (_, path) => paths(seededSource(7, path))[step]!);
      prices.sort((a, b) => a - b);
      // ceil(40·level)-th smallest.
      expect(fan.quantiles.map((row) => row[column])).toEqual([1, 9, 19, 29, 37].map((rank) => prices[rank]));
      expect([fan.lowest[column], fan.highest[column]]).toEqual([prices[0], prices[39]]);
    }
  });

  it("is the same drawn in one turn, in several, or step by step", () => {
    const run = { paths, count: 50, seed: 3, columns: 11 };
    const whole = priceFan(run);
    for (const held of [1, 50, 199, 200]) expect(priceFan({ ...run, held })).toEqual(whole);
  });

  it("has one line where all paths are one, and one column without a step", () => {
    const crash = priceFan({ paths: crashPath(1, 0.6, 3), count: 5, seed: 1 });
    for (const row of crash.quantiles) expect(row).toEqual(crash.lowest);
    expect(crash.lowest[3]).toBeCloseTo(0.4, 12);
    expect(priceFan({ paths: () => Float64Array.of(5), count: 2, seed: 1 })).toMatchObject({
      steps: [0],
      lowest: [5],
    });
  });

  it("refuses no path and levels that are none", () => {
    expect(() => priceFan({ paths, count: 0, seed: 1 })).toThrow("count");
    expect(() => priceFan({ paths, count: 1, seed: 1, levels: ["1.1"] })).toThrow("levels");
  });
});
