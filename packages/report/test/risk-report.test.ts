import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { htmlReport, LARGEST_JOURNAL, riskReport, riskReportFiles } from "../src/index.js";
import { type RiskSampleOptions, riskSample } from "./risk-sample.js";
import { sample } from "./sample.js";

const E30 = 10n ** 30n;
const markupOf = (html: string): string => html.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, "");

const CASES: readonly [string, RiskSampleOptions, readonly string[]][] = [
  ["plain", {}, ["risk-losses", "risk-layers", "risk-prices", "concentration", "contagion"]],
  ["no loss on any path", { losses: [0n, 0n, 0n] }, ["No path leaves bad debt."]],
  ["one path", { losses: [77n] }, ["One path has no distribution"]],
  ["no path", { losses: [] }, ["concentration"]],
  ["one unit and 10^30", { losses: [0n, 1n, E30], decimals: 18 }, ['value="1"', `value="${E30}"`]],
  ["all losses equal", { losses: [5n, 5n, 5n, 5n] }, ["No path loses more than the value at risk."]],
  ["one holder", { balances: [E30] }, ["1 of 1 holder has more than half.", "make no curve"]],
  ["nobody", { balances: [] }, ["Nobody holds any."]],
  ["one unit beside 10^30", { balances: [1n, 1n, 1n, 1n, E30] }, ["1 of 5 holders has more than half."]],
  ["no vault", { vaults: 0 }, ["No vault lends to these markets."]],
  ["a vault that backs itself", { vaults: 1 }, ["back a market that it owns"]],
  ["no circle", { circle: false }, ["contagion-0-w"]],
  ["500 vaults in a circle", { vaults: 500 }, ["488 further vaults", "and 494 more back"]],
];

describe("the risk page", () => {
  it.each(CASES)("is sound with %s", (_, options, expected) => {
    const html = riskReport(riskSample(options));
    for (const words of expected) expect(html).toContain(words);
    const markup = markupOf(html);
    expect(markup).not.toMatch(/NaN|undefined|Infinity|\[object|="-?\d+(\.\d+)?e[+-]?\d|style="/);
    const ids = [...markup.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, named] of markup.matchAll(/ aria-labelledby="([^"]+)"/g)) {
      for (const id of named!.split(" ")) expect(ids).toContain(id);
    }
    const levels = [...markup.matchAll(/<h([1-6])\b/g)].map((match) => Number(match[1]));
    for (const [k, level] of levels.entries())
      if (k > 0) expect(level - levels[k - 1]!).toBeLessThanOrEqual(1);
    expect(riskReport(riskSample(options))).toBe(html);
  });

  it("has a table after every pair of pictures, which say what they find", () => {
    const markup = markupOf(riskReport(riskSample()));
    const pictures = markup.match(/<svg class="wide/g)?.length;
    expect(pictures).toBe(5);
    expect(markup.match(/<svg class="narrow/g)).toHaveLength(5);
    expect(markup.match(/<details class="figures"/g)).toHaveLength(5);
    for (const [, words] of markup.matchAll(/<desc[^>]*>([^<]*)<\/desc>/g)) expect(words).toMatch(/\d/);
  });

  it("shows every layer's exact counts and sums", () => {
    const risk = riskSample();
    const html = riskReport(risk);
    for (const { distribution } of risk.scenarios[0]!.waterfalls) {
      for (const { pathsReached, pathsExhausted, taken } of distribution.layers) {
        const total = taken.reduce((sum, amount) => sum + amount, 0n);
        for (const value of [pathsReached, pathsExhausted, total]) expect(html).toContain(`value="${value}"`);
      }
    }
  });

  it.each([
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202etxt\u0007\u200b",
    "&lt;b&gt;",
  ])("shows %j from the input as text only", (hostile) => {
    const html = riskReport(riskSample({ hostile }));
    const tags = (text: string): string[] => (markupOf(text).match(/<\/?[a-z][a-z0-9]*/g) ?? []).sort();
    expect(tags(html)).toEqual(tags(riskReport(riskSample({ hostile: "x" }))));
    expect(markupOf(html)).not.toMatch(/[\p{Cf}\u{7f}]/u);
    expect(markupOf(html)).not.toContain("<img");
  });

  it("names the digest of the data file beside it", () => {
    const [data, page] = riskReportFiles(riskSample()).map((file) => [...file.chunks()].join(""));
    expect(page).toContain(`data-digest="${createHash("sha256").update(data!).digest("hex")}"`);
  });

  it("stands in the page of a reconciliation too, before its books", () => {
    const { data, rows } = sample();
    const html = htmlReport(data, { ...rows, risk: riskSample() });
    expect(html.indexOf('id="contagion"')).toBeLessThan(html.indexOf('id="books"'));
    expect(html).toContain('id="risk-digest"');
    expect(htmlReport(data, rows)).not.toContain('id="risk-digest"');
  });

  it("does not carry more paths than a page can hold, and names the file that has them", () => {
    const plain = riskSample();
    const html = riskReport({ ...plain, title: "x".repeat(LARGEST_JOURNAL) });
    expect(html).not.toContain('id="verify"');
    expect(html).not.toContain('id="risk"');
    expect(html).toContain("too many for one page; they are in <code>risk.json</code>");
  });

  it("stays within its weight", () => {
    expect(Buffer.byteLength(riskReport(riskSample()))).toBeLessThan(150_000);
    expect(Buffer.byteLength(riskReport(riskSample({ vaults: 500 })))).toBeLessThan(800_000);
  });
});
