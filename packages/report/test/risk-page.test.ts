import { deflateRawSync, inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlReport, riskReport } from "../src/index.js";
import { Browser, CHROMIUM, hasChromium, verify, violations } from "./browser.js";
import { type RiskSampleOptions, riskSample } from "./risk-sample.js";
import { sample } from "./sample.js";

/** The page with a change of its risk data. */
const changedData = (page: string, change: (text: string) => string): string =>
  page.replace(/(id="risk">)([^<]*)</, (_, head: string, packed: string) => {
    const before = inflateRawSync(Buffer.from(packed, "base64")).toString();
    const after = change(before);
    expect(after).not.toBe(before);
    return `${head}${deflateRawSync(after).toString("base64")}<`;
  });

describe.skipIf(!hasChromium)(
  `the risk page in a browser${hasChromium ? "" : ` (skipped: ${CHROMIUM} is missing)`}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await Browser.open();
    });
    afterAll(async () => {
      await browser?.close();
    });

    it.each<[string, RiskSampleOptions, string]>([
      ["plain", {}, "; 200 paths add up to the last unit."],
      [
        "extremes",
        { losses: [0n, 1n, 10n ** 30n], decimals: 18, vaults: 0, balances: [1n] },
        "; 3 paths add up",
      ],
      ["none", { losses: [0n], balances: [] }, "; 1 path adds up"],
      [
        "large",
        { vaults: 500, hostile: "</script><img src=x onerror=alert(1)>\u202e" },
        "; 200 paths add up",
      ],
    ])(
      "%s: quiet console, proves itself, axe finds nothing in light and dark, wide and narrow",
      async (name, options, proved) => {
        const { page, said } = await browser.report(riskReport(riskSample(options)), `risk-${name}.html`);
        expect(await verify(page)).toContain(
          `This page is intact: the digest of the risk data matches${proved}`,
        );
        expect(await violations(page)).toEqual([]);
        expect(said).toEqual([]);
        await page.close();
      },
    );

    it("stands in the page of a reconciliation, and is proved with it", async () => {
      const { data, rows } = sample();
      const { page, said } = await browser.report(
        htmlReport(data, { ...rows, risk: riskSample() }),
        "both.html",
      );
      const words = await verify(page);
      expect(words).toContain("the digest matches, 1 journal block holds; 3 write-offs");
      expect(words).toContain("the digest of the risk data matches; 200 paths add up");
      expect(await violations(page)).toEqual([]);
      expect(said).toEqual([]);
      await page.close();
    });

    it.each<[string, (page: string) => string, string]>([
      [
        "a loss of the data",
        (page) => changedData(page, (text) => text.replace('"losses":["0"', '"losses":["1"')),
        "risk digest",
      ],
      [
        "a count of the table",
        (page) => page.replace(/(data-layer="0\.0\.0".*?value=")50(".*?>)50</, "$151$251<"),
        "the row of fund says 51",
      ],
      [
        "a figure's digits",
        (page) => page.replace(/(data-tail="0".*?<data class="f"[^>]*>)\d/, "$19"),
        "a figure says",
      ],
      [
        "the value at risk",
        (page) =>
          page.replace(
            /(data-tail="0".*?value=")\d+(" data-d="6">)[^<]*<span class="q">\.\d+<i>\d+/,
            '$11000000$21<span class="q">.000<i>000',
          ),
        "the tail says",
      ],
    ])("says so when %s was changed", async (_, change, said) => {
      const before = riskReport(riskSample());
      const after = change(before);
      expect(after).not.toBe(before);
      const { page } = await browser.report(after, "changed.html");
      const words = await verify(page);
      expect(words).toMatch(/^This page was changed: /);
      expect(words).toContain(said);
      await page.close();
    });

    it("draws for the width it has, and keeps the way of a deficit in a scroller of its own", async () => {
      const { data, rows } = sample();
      const { page } = await browser.report(htmlReport(data, { ...rows, risk: riskSample() }), "widths.html");
      for (const [width, wide] of [
        [1440, true],
        [390, false],
      ] as const) {
        await page.setViewportSize({ width, height: 900 });
        for (const id of ["losses-0", "layers-0", "prices-0", "concentration-0", "contagion-0"]) {
          expect([await page.isVisible(`#${id}-w`), await page.isVisible(`#${id}-n`)]).toEqual([wide, !wide]);
        }
        const table = page.locator(".narrowonly table").first();
        expect(await table.isVisible()).toBe(!wide);
      }
      const flow = "document.querySelector('.scroll:has(svg.flow)')";
      expect(await page.evaluate(`${flow}.ariaLabel`)).toContain("The way of the deficit");
      expect(await page.evaluate(`${flow}.scrollWidth > ${flow}.clientWidth && ${flow}.tabIndex`)).toBe(0);
      await page.close();
    });
  },
);
