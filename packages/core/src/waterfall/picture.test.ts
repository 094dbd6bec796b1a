import { describe, expect, it } from "vitest";
import { attachmentPoints, definePolicy, describeWaterfall, openWaterfall, waterfallSvg } from "../index.js";

const plain = definePolicy({
  id: "plain",
  version: "1",
  title: "Plain <layer>",
  parameters: { parse: () => ({}) },
  describe: () => "Takes what it can.",
  bearer: () => ({ kind: "fund", id: "f" }),
  open: () => ({}),
  capacity: () => 0n,
  absorb: (view) => ({ taken: 0n, state: view.state, effects: [], reason: "" }),
});

const waterfall = openWaterfall(
  {
    format: "shortfall-waterfall/1",
    id: "w",
    version: "7",
    title: "Fund & carry",
    layers: [
      { id: "fund", policy: "plain", parameters: {}, cap: 5n },
      { id: "rest", policy: "plain", parameters: {} },
    ],
    recovery: { order: ["rest", "uncovered"] },
  },
  new Map([["plain", plain]]),
);

describe("a waterfall for people", () => {
  it("is told in loss order, with caps and the recovery order", () => {
    expect(describeWaterfall(waterfall)).toBe(
      [
        "Fund & carry, version 7. A loss goes down these layers, each taking from what the ones before it left:",
        "1. fund: Takes what it can. No more than 5 of one loss.",
        "2. rest: Takes what it can.",
        "What no layer takes is recorded as uncovered.",
        "Recoveries: rest, then uncovered; each up to what it has not got back. Others get nothing.",
      ].join("\n"),
    );
  });

  it("attaches each layer where the ones before it are used up", () => {
    expect(attachmentPoints([100n, 0n, 50n, "unlimited", 7n])).toEqual([
      { from: 0n, to: 100n },
      { from: 100n, to: 100n },
      { from: 100n, to: 150n },
      { from: 150n, to: "unlimited" },
      { from: 150n, to: 157n },
    ]);
  });

  it("is drawn on one scale, escaped, with every point in words", () => {
    const svg = waterfallSvg(waterfall, [10n ** 24n, "unlimited"]);
    expect(svg).toContain("Fund &amp; carry");
    expect(svg).toContain("Plain &lt;layer&gt;");
    expect(svg).not.toContain("<layer>");
    expect(svg).toContain("from 0 to 1 000 000 000 000 000 000 000 000");
    expect(svg).toContain("and beyond");
    const widths = [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)"/g)].map((m) => [
      Number(m[1]),
      Number(m[2]),
    ]);
    expect(widths).toHaveLength(2);
    expect(widths[0]![0]! + widths[0]![1]!).toBeCloseTo(widths[1]![0]!, 0);
  });

  it("draws nothing but labels where there is nothing to take", () => {
    expect(waterfallSvg(waterfall, [0n, 0n])).not.toContain("NaN");
  });
});
