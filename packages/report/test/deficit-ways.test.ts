import type { ReportData } from "@shortfall/audit";
import { describe, expect, it } from "vitest";
import { type DeficitWays, deficitWays } from "../src/deficit-ways.js";
import { foldedWays } from "../src/folded-ways.js";
import { gatherHolders } from "../src/holders.js";
import { htmlReport } from "../src/index.js";
import { reportView } from "../src/report-view.js";
import { type Sample, type SampleOptions, sample } from "./sample.js";

const E30 = 10n ** 30n;

const waysOf = ({ data, rows }: Sample): DeficitWays =>
  deficitWays(reportView(data, gatherHolders(rows.haircuts(), ["USDX"])), "USDX");

const sum = (parts: readonly { readonly amount: bigint }[]): bigint =>
  parts.reduce((total, { amount }) => total + amount, 0n);

/** Everything arrives: markets, layers and bearers carry the same, and so does every link. */
function expectConserved(ways: DeficitWays, loss: bigint): void {
  for (const column of [ways.markets, ways.layers, ways.bearers, ways.toLayers])
    expect(sum(column)).toBe(loss);
  for (const bearer of ways.bearers) expect(sum(bearer.parts)).toBe(bearer.amount);
  for (const [k, layer] of ways.layers.entries()) {
    expect(sum(ways.toLayers.filter(({ to }) => to === k))).toBe(layer.amount);
    const parts = ways.bearers.flatMap((bearer) => bearer.parts.filter((part) => part.layer === k));
    expect(sum(parts)).toBe(layer.amount);
  }
}

describe("the way of a deficit", () => {
  it.each<[string, SampleOptions]>([
    ["a few", {}],
    ["one unit and 10^30", { losses: [1n, E30, 0n], decimals: 18 }],
    ["holders that are many", { holders: 300 }],
    ["claims that stand", { implied: true }],
    ["nobody to bear it", { holders: 0 }],
  ])("loses no unit with %s, folded or not", (_, options) => {
    const made = sample(options);
    const loss = made.data.writeOffs.reduce((total, row) => total + row.recomputed, 0n);
    const ways = waysOf(made);
    expectConserved(ways, loss);
    const few = foldedWays(ways);
    expectConserved(few, loss);
    expect(few.bearers.length).toBeLessThanOrEqual(13);
  });

  it("names holders by layer, the layer's own capital, and what rounding left", () => {
    const names = waysOf(sample({ holders: 2, losses: [101n] })).bearers.map(({ name }) => name);
    expect(names[0]).toBe("fund");
    // The second holder's part is below one unit.
    expect(names[1]).toMatch(/^0x/);
    expect(names.slice(2)).toEqual(["rounding"]);
  });

  it("says one market's one way in words, and draws no layer that everything passes", () => {
    const { data, rows } = sample({ holders: 3 });
    const alone = (layers: ReportData["writeOffs"][number]["layers"]): ReportData => ({
      ...data,
      writeOffs: data.writeOffs.map((row) => ({
        ...row,
        layers: layers.map((layer) => ({ ...layer, amount: row.recomputed })),
      })),
    });
    const reserves = htmlReport(alone([{ layer: "reserves", policy: "reserve", amount: 0n }]), {
      ...rows,
      haircuts: () => [],
    });
    expect(reserves).toContain("through reserves.</p>");
    expect(reserves).not.toContain('<svg class="flow');
    const lenders = htmlReport(alone([{ layer: "base", policy: "pro-rata", amount: 0n }]), rows);
    expect(lenders).toContain("Bearer, through base");
    expect(lenders).not.toContain(">Layer</text>");
    expect(htmlReport(data, rows)).toContain(">Layer</text>");
  });
});
