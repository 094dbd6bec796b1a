import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlReport } from "../src/index.js";
import { Browser, CHROMIUM, hasChromium, verify, violations } from "./browser.js";
import { type SampleOptions, sample, sampleAccount } from "./sample.js";

const html = (options: SampleOptions = {}): string => {
  const { data, rows } = sample(options);
  return htmlReport(data, rows);
};

/** A page whose data block says something else. */
function tampered(page: string, id: string, change: (text: string) => string): string {
  return page.replace(new RegExp(`(id="${id}">)([^<]*)<`), (_, head: string, packed: string) => {
    const before = inflateRawSync(Buffer.from(packed, "base64")).toString();
    const after = change(before);
    expect(after).not.toBe(before);
    return `${head}${deflateRawSync(after).toString("base64")}<`;
  });
}

/** The live region says what was copied. */
const copied = (page: Page, words: string): Promise<unknown> =>
  page.waitForSelector(`#copied:text-is("${words}")`, { state: "attached" });

/** Milliseconds from an action until the frame after it is drawn, and what the table then says. */
interface Measured {
  readonly first: number;
  readonly filter: number;
  readonly found: string;
  readonly clear: number;
  readonly account: number;
  readonly loss: number;
  readonly ascending: number;
  readonly scroll: number;
  readonly index: string;
}

const MEASURE = `async (account) => {
  const timed = async (run) => {
    const start = performance.now();
    run();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    return Math.round(performance.now() - start);
  };
  const input = document.querySelector("#holder-filter");
  const type = (text) => () => {
    input.focus();
    input.value = text;
    input.dispatchEvent(new Event("input"));
  };
  const sort = (key) => () => document.querySelector("[data-sort=" + key + "] button").click();
  return {
    first: await timed(type("base 00")),
    filter: await timed(type(account)),
    found: document.querySelector("#holder-count").textContent,
    clear: await timed(type("")),
    account: await timed(sort("account")),
    loss: await timed(sort("loss")),
    ascending: await timed(sort("loss")),
    scroll: await timed(() => {
      const scroller = document.querySelector(".tall");
      scroller.scrollTop = scroller.scrollHeight;
    }),
    index: document.querySelector("#holder-rows tbody tr:nth-last-child(2)").getAttribute("aria-rowindex"),
  };
}`;

describe.skipIf(!hasChromium)(
  `the page in a browser${hasChromium ? "" : ` (skipped: ${CHROMIUM} is missing)`}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await Browser.open();
    });
    afterAll(async () => {
      await browser?.close();
    });

    it.each<[string, SampleOptions]>([
      ["agrees", {}],
      ["differs", { difference: 5n }],
      ["hostile", { hostile: "</script><img src=x onerror=alert(1)>\u202e" }],
      ["nothing", { losses: [] }],
      ["implied", { implied: true, decimals: 18, losses: [10n ** 30n, 1n] }],
    ])(
      "%s: quiet console, proves itself, axe finds nothing in light and dark, wide and narrow",
      async (name, options) => {
        const { page, said } = await browser.report(html(options), `${name}.html`);
        expect(await verify(page)).toMatch(/^This page is intact: the digest matches, [01] journal blocks? /);
        expect(await violations(page)).toEqual([]);
        expect(said).toEqual([]);
        await page.close();
      },
    );

    it("has a theme of its own, which print does not follow", async () => {
      const { page } = await browser.report(html(), "theme.html");
      const paper = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
      await page.emulateMedia({ colorScheme: "light" });
      const light = await paper();
      await page.focus("#theme");
      await page.keyboard.press("Enter");
      expect(await page.textContent("#theme")).toBe("Theme: light");
      expect(await paper()).toBe(light);
      await page.keyboard.press("Enter");
      expect(await page.textContent("#theme")).toBe("Theme: dark");
      expect(await paper()).not.toBe(light);
      await page.emulateMedia({ media: "print" });
      expect(await paper()).toBe("rgb(255, 255, 255)");
      await page.close();
    });

    it.each<[string, (page: string) => string, string]>([
      [
        "a digest",
        (page) =>
          page.replace(/data-digest="[0-9a-f]/, (text) =>
            text.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")),
          ),
        "it says journal digest",
      ],
      [
        "the digest that is read",
        (page) =>
          page.replace(
            /(id="digest"[^>]*><code[^>]*><i>)(.)/,
            (_, head: string, digit: string) => `${head}${digit === "0" ? "1" : "0"}`,
          ),
        "it says journal digest",
      ],
      [
        "an amount of the journal",
        (page) => tampered(page, "journal", (text) => text.replace(/"amount":"-1"/, '"amount":"-2"')),
        "does not balance",
      ],
      [
        "both sides of an entry",
        (page) =>
          tampered(page, "journal", (text) =>
            text.replace('"amount":"-77"', '"amount":"-78"').replace('"amount":"58"', '"amount":"59"'),
          ),
        "is not the digest of block 0",
      ],
      [
        "a line of the journal taken out",
        (page) =>
          tampered(page, "journal", (text) =>
            text
              .split("\n")
              .filter((_, k) => k !== 2)
              .join("\n"),
          ),
        "has sequence 2, not 1",
      ],
      [
        "a write-off of the data",
        (page) => tampered(page, "facts", (text) => text.replace('"recomputed":"77"', '"recomputed":"78"')),
        "the layers of write-off 2 sum to 77, not 78",
      ],
      [
        "a figure's digits",
        (page) => page.replace(">123<", ">124<").replace(/>123\.|>123</, (text) => text.replace("3", "4")),
        "a figure says",
      ],
      [
        "a figure and what it copies",
        (page) =>
          page.replace(
            /(id="w-2".*?)<data class="f" value="77" data-d="6">0<span class="q">\.000<i>077/s,
            '$1<data class="f" value="78" data-d="6">0<span class="q">.000<i>078',
          ),
        "write-off 2 says 78, the data say 77",
      ],
      [
        "the loss of a holder",
        (page) =>
          tampered(page, "holder-data", (text) =>
            text.replace(
              /"loss":"(\d)/,
              (_, digit: string) => `"loss":"${digit === "9" ? 8 : Number(digit) + 1}`,
            ),
          ),
        "the holders of base",
      ],
    ])("says so when %s was changed", async (_, change, words) => {
      const before = html();
      const after = change(before);
      expect(after).not.toBe(before);
      const { page, said } = await browser.report(after, "tampered.html");
      const answer = await verify(page);
      expect(answer).toMatch(/^This page was changed: /);
      expect(answer).toContain(words);
      expect(await page.getAttribute("#verified", "class")).toContain("alarm");
      expect(said).toEqual([]);
      await page.close();
    });

    it("prints the first holders wherever the reader is, and no empty pages", async () => {
      const { page } = await browser.report(html({ holders: 5000 }), "print.html");
      await page.evaluate("document.querySelector('.tall').scrollTop = 90000");
      await page.waitForSelector("#holder-rows tr[aria-rowindex='2500']");
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      await page.emulateMedia({ media: "print" });
      const rows = page.locator("#holder-rows tbody tr:visible");
      expect(await rows.count()).toBe(20);
      expect(await rows.first().getAttribute("aria-rowindex")).toBe("2");
      expect(await page.isVisible(".printed")).toBe(true);
      expect(await page.isVisible("#w-1-e")).toBe(false);
      await page.close();
    });

    it("says everything without scripts", async () => {
      const reader = await Browser.open({ scripts: false });
      try {
        const { page, said } = await reader.report(html({ holders: 50 }), "plain.html", "footer");
        for (const number of [1, 2, 3]) expect(await page.isVisible(`#w-${number}-e`)).toBe(true);
        expect(await page.isVisible("text=The first 20 of 50 rows")).toBe(true);
        expect([await page.isVisible("#verify"), await page.isVisible("#holder-filter")]).toEqual([
          false,
          false,
        ]);
        expect(said).toEqual([]);
      } finally {
        await reader.close();
      }
    });

    it("opens evidence by keyboard and by address, and filters write-offs", async () => {
      const { page } = await browser.report(html({ difference: 5n }), "rows.html");
      const evidence = (number: number): Promise<boolean> => page.isVisible(`#w-${number}-e`);
      expect([await evidence(1), await evidence(2)]).toEqual([false, true]);
      await page.focus("#w-1 button.open");
      await page.keyboard.press("Enter");
      expect(await evidence(1)).toBe(true);
      expect(await page.getAttribute("#w-1 button.open", "aria-expanded")).toBe("true");
      await page.evaluate("location.hash = '#w-3'");
      await page.waitForSelector("#w-3-e:not(.closed)");
      await page.fill("#write-off-filter", "UNEXPLAINED 107");
      expect(await page.textContent("#write-off-count")).toBe("1 of 3 write-offs");
      expect([await page.isVisible("#w-1"), await page.isVisible("#w-2")]).toEqual([false, true]);
      await page.fill("#write-off-filter", "nowhere");
      expect(await page.textContent("#write-off-count")).toBe('Nothing matches "nowhere".');
      await page.fill("#write-off-filter", "");
      expect(await page.isVisible("#w-1")).toBe(true);
      await page.close();
    });

    it("copies base units, with Shift tokens, and whole names", async () => {
      const { page } = await browser.report(html(), "copy.html");
      await page.click("#w-1 td:nth-child(5) data");
      await copied(page, "Copied 123456789");
      await page.click("#w-1 td:nth-child(5) data", { modifiers: ["Shift"] });
      await copied(page, "Copied 123.456789");
      await page.click("#w-1 td:nth-child(4) code");
      await copied(page, `Copied 0x${"cd".repeat(20)}`);
      await page.close();
    });

    it("holds 100,000 holders: opens, searches, sorts and scrolls, each in under a second", async () => {
      const large = html({ holders: 100_000, losses: [10n ** 30n + 7n, 10n ** 24n], decimals: 18 });
      const started = performance.now();
      const { page, said } = await browser.report(large, "large.html");
      const opened = performance.now() - started;
      expect(await page.textContent("#holder-count")).toBe("100,000 rows");
      expect(await page.locator("#holder-rows tbody tr").count()).toBeLessThan(60);
      const last = sampleAccount(99_999);
      const times = (await page.evaluate(`(${MEASURE})(${JSON.stringify(last)})`)) as Measured;
      expect(times.found).toBe("1 of 100,000 rows");
      expect(times.index).toBe("100001");
      for (const took of [
        opened,
        times.first,
        times.filter,
        times.clear,
        times.account,
        times.loss,
        times.ascending,
        times.scroll,
      ]) {
        expect(took).toBeLessThan(1000 * SLOWEST);
      }
      process.stdout.write(
        `100,000 holders: ${Math.round(large.length / 1e5) / 10} MB, opened in ${Math.round(opened)} ms, ${JSON.stringify(times)}\n`,
      );
      expect(await verify(page)).toContain("and 100000 holders add up to the last unit");
      expect(said).toEqual([]);
      await page.close();
    });
  },
);

/** A second on a quiet machine; a loaded one may take this many times as long. */
const SLOWEST = 4;
