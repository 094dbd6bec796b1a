import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bundlePage } from "../page/bundle.js";
import { htmlReport } from "../src/index.js";
import { PAGE_SCRIPT } from "../src/page-script.js";
import { sample } from "./sample.js";

const page = (options: Parameters<typeof sample>[0] = {}): string => {
  const { data, rows } = sample(options);
  return htmlReport(data, rows);
};

const blockOf = (html: string, id: string): string =>
  inflateRawSync(Buffer.from(new RegExp(`id="${id}">([^<]*)<`).exec(html)?.[1] ?? "", "base64")).toString();

/** The page without its data, script and style: what a browser reads as markup of the report. */
const markupOf = (html: string): string => html.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, "");

describe("the report page", () => {
  it("has the same bytes for the same input", () => {
    expect(page()).toBe(page());
    expect(page({ difference: 5n })).not.toBe(page());
  });

  it("asks for nothing outside itself", () => {
    const html = page();
    expect(html).not.toMatch(/\b(?:src|href)="(?!data:)/);
    expect(html).not.toMatch(/https?:|@import|fetch\(|XMLHttpRequest|localStorage/);
    const policy = /content="(default-src[^"]*)"/.exec(html)?.[1] ?? "";
    for (const [kind, tag] of [
      ["style-src", "style"],
      ["script-src", "script"],
    ]) {
      const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";
      expect(policy).toContain(`${kind} 'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    }
    // Styles in attributes would be refused by that policy.
    expect(markupOf(html)).not.toMatch(/ style="/);
  });

  it("carries the journal line by line, and the script that is in page/", async () => {
    const { data, rows } = sample();
    const journal = blockOf(htmlReport(data, rows), "journal");
    expect(journal.split("\n")).toHaveLength(6);
    expect(journal).toContain(`"digest":"${data.journalDigest}"`);
    expect(await bundlePage()).toBe(PAGE_SCRIPT);
  });

  it("shows every amount of every write-off in full", () => {
    const { data, rows } = sample({ losses: [1n, 10n ** 30n, 0n, 10n ** 18n + 1n], decimals: 18 });
    const html = htmlReport(data, rows);
    for (const row of data.writeOffs) expect(html).toContain(`value="${row.recomputed}"`);
    for (const table of data.haircuts)
      for (const holder of table.top) expect(html).toContain(`value="${-holder.loss}"`);
    expect(html).not.toMatch(/NaN|undefined|\[object/);
  });

  it("lists differences first, opened, and says them in the verdict", () => {
    const html = page({ difference: 5n });
    expect(html).toContain('<span class="alarm">does not agree</span>');
    expect(html.indexOf('id="w-2"')).toBeLessThan(html.indexOf('id="w-1"'));
    expect(html).toContain('id="w-2-e" class="evidence"');
    expect(html).toContain('id="w-1-e" class="evidence closed"');
    expect(html).toContain("Findings</h2>");
  });

  it("is sound without write-offs, holders or findings", () => {
    const html = page({ losses: [] });
    expect(html).toContain("No write-off in blocks 90 to 130.");
    expect(html).not.toContain('id="write-offs"');
    expect(html).toContain("What was not seen");
  });

  it("lists no more write-offs than a page can hold, and says so", () => {
    const html = page({ losses: Array.from({ length: 512 }, (_, index) => BigInt(index)), holders: 2 });
    expect(html.match(/<tr id="w-\d+" class="row/g)).toHaveLength(500);
    expect(html.match(/ class="evidence/g)).toHaveLength(200);
    expect(html).toContain("The evidence of 200 is on this page");
    expect(html).toContain("12 further write-offs are in <code>writeoffs.csv</code>");
  });

  it.each([
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!--<script>",
    "'; DROP `x` $1 $&",
    "\u202etxt\u0007\u200b",
    "&lt;b&gt;",
  ])("shows %j from the input as text only", (hostile) => {
    const html = page({ hostile, difference: 3n });
    const plain = page({ difference: 3n, hostile: "x" });
    const tags = (text: string): string[] => (markupOf(text).match(/<\/?[a-z][a-z0-9]*/g) ?? []).sort();
    expect(tags(html)).toEqual(tags(plain));
    expect(html.match(/<\/script>/g)).toEqual(plain.match(/<\/script>/g));
    expect(markupOf(html)).not.toMatch(/[\p{Cf}\u{7f}]/u);
    expect(markupOf(html)).not.toContain("<img");
  });

  it("has headings that never skip a level, unique ids, and references that lead somewhere", () => {
    const markup = markupOf(page({ difference: 5n }));
    const levels = [...markup.matchAll(/<h([1-6])\b/g)].map((match) => Number(match[1]));
    expect(levels[0]).toBe(1);
    for (const [k, level] of levels.entries())
      if (k > 0) expect(level - levels[k - 1]!).toBeLessThanOrEqual(1);
    const ids = [...markup.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, named] of markup.matchAll(/ (?:for|aria-controls|aria-labelledby)="([^"]+)"/g)) {
      for (const id of named!.split(" ")) expect(ids).toContain(id);
    }
  });

  it("stays within its weight", () => {
    expect(Buffer.byteLength(page({ difference: 5n }))).toBeLessThan(150_000);
    // Verification of journal, roots and risk data is most of it.
    expect(PAGE_SCRIPT.length).toBeLessThan(26_000);
  });

  it("has a script whose types hold", () => {
    const compiler = fileURLToPath(
      new URL("../../../node_modules/typescript-native/bin/tsc", import.meta.url),
    );
    const project = fileURLToPath(new URL("../page/tsconfig.json", import.meta.url));
    expect(execFileSync(process.execPath, [compiler, "-p", project], { encoding: "utf8" })).toBe("");
  });
});
