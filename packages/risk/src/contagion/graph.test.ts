import { describe, expect, it } from "vitest";
import { contagionGraph } from "./graph.js";

const loan = (debt: number, collateral: { external: number } | { vault: string; shares: number }) => ({
  debt,
  bonus: 0.05,
  collateral: [collateral],
});

describe("the contagion graph", () => {
  const graph = contagionGraph(
    {
      m1: { cash: 10, loans: [loan(90, { external: 70 }), loan(30, { vault: "b", shares: 32 })] },
      m2: { cash: 20, loans: [loan(80, { vault: "a", shares: 80 }), loan(8, { vault: "a", shares: 8 })] },
    },
    {
      a: { idle: 5, shares: 135, alloc: { m1: 1, m2: 0 }, reportedPrice: 1 },
      b: { idle: 0, shares: 100, alloc: { m2: 1 } },
    },
  );

  it("says what owns and what backs, each pair once", () => {
    expect(graph.owns).toEqual([
      { vault: "a", market: "m1", fraction: 1 },
      { vault: "b", market: "m2", fraction: 1 },
    ]);
    expect(graph.backs).toEqual([
      { vault: "b", market: "m1", shares: 32 },
      { vault: "a", market: "m2", shares: 88 },
    ]);
    expect(graph.cycles).toEqual([["a", "b"]]);
  });

  it("has what a run can take where a vault says more than it is worth", () => {
    const [a, b] = graph.vaults;
    expect(a!.extractable).toBeCloseTo((1 - a!.economicPrice) * 135, 9);
    expect([b!.reportedPrice, b!.extractable]).toEqual([null, 0]);
    expect(graph.markets.map(({ face }) => Math.round(face))).toEqual([130, 108]);
    for (const { face, value } of graph.markets) expect(value).toBeLessThan(face);
  });
});
