import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPENING, runDocument } from "../../playground/document.js";
import { outcomeOf } from "../../playground/outcome.js";
import { readShared, shareText } from "../../playground/share.js";
import { addLayer } from "../../playground/starters.js";
import { documents } from "../shared-documents.js";
import { axeSource, hasChromium, hasSite, ready, SITE, SiteBrowser } from "./browser.js";

/** Pages of the site, as its folder holds them. */
function pages(folder = SITE): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return name === "assets" ? [] : pages(path);
      return name.endsWith(".html") && name !== "404.html" ? [`/${relative(SITE, path)}`] : [];
    });
}

const runs = /\/(playground|drop)\.html$/;

describe.skipIf(!hasChromium || !hasSite)("the built site in a browser", () => {
  let browser: SiteBrowser;
  beforeAll(async () => {
    browser = await SiteBrowser.open();
  });
  afterAll(() => browser.close());

  /** Breaches that the accessibility checker finds. */
  async function breaches(page: Page): Promise<string[]> {
    await page.evaluate(axeSource());
    return page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await axe.run();
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
      );
    });
  }

  it("loads every page without a word on the console, asks nobody else, and fits a phone", async () => {
    const found: string[] = [];
    const all = pages().filter((path) => !path.startsWith("/api/"));
    const some = pages().filter((path) => path.startsWith("/api/") && path.endsWith("index.html"));
    expect(all.length).toBeGreaterThan(60);
    const { page, said } = await browser.page("/");
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of [...all, ...some]) {
      await page.goto(`${browser.address}${path}`);
      if (runs.test(path)) await ready(page);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) found.push(`${path} is ${over} wider than a phone`);
      for (const words of said.splice(0)) found.push(`${path}: ${words}`);
    }
    await page.close();
    expect(found).toEqual([]);
    process.stdout.write(`${all.length + some.length} pages load in silence.\n`);
  });

  it("has nothing for axe to find, light and dark, wide and on a phone", async () => {
    const found: string[] = [];
    let checked = 0;
    for (const path of [
      "/",
      "/playground.html",
      "/drop.html",
      "/policies/index.html",
      "/cli.html",
      "/errors/index.html",
    ]) {
      if (!existsSync(join(SITE, path === "/" ? "index.html" : path))) continue;
      const { page } = await browser.page(path);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1440, 390]) {
          await page.setViewportSize({ width, height: 900 });
          await page.reload();
          if (runs.test(path)) await ready(page);
          if (path === "/playground.html") await openForms(page);
          checked++;
          for (const breach of await breaches(page)) found.push(`${path} ${colorScheme} ${width} ${breach}`);
        }
      }
      await page.close();
    }
    expect(found).toEqual([]);
    process.stdout.write(`axe: ${checked} runs, 0 violations.\n`);
  });

  const openForms = (page: Page): Promise<void> =>
    page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
      for (const edit of document.querySelectorAll<HTMLElement>('[data-part="edit"]')) edit.click();
    });

  describe("the playground", () => {
    const open = async (fragment = ""): Promise<{ page: Page; said: string[] }> => {
      const opened = await browser.page(`/playground.html${fragment}`);
      await ready(opened.page);
      return opened;
    };
    const sentenceOf = (page: Page): Promise<string | null> => page.textContent(".sentence");
    const layersOf = (page: Page): Promise<string[]> => page.locator(".layers .name").allTextContents();

    it("works by keyboard alone: type, move, edit, add, remove", async () => {
      const { page, said } = await open();
      await page.focus("input.loss");
      await page.keyboard.press("Control+A");
      await page.keyboard.type("2,400,000.000001");
      expect(await sentenceOf(page)).toBe("The loss passes every layer: 488,025.753533 USDC is uncovered.");
      await page.focus('.layer:nth-child(1) [data-part="grip"]');
      await page.keyboard.press("Alt+ArrowDown");
      expect(await layersOf(page)).toEqual([
        "Protocol reserve",
        "Insurance fund",
        "Junior tranche",
        "Lenders",
      ]);
      expect(await page.textContent(".status")).toContain("Order: 1 Protocol reserve, 2 Insurance fund");
      await page.keyboard.press("Alt+ArrowDown");
      expect((await layersOf(page))[2]).toBe("Insurance fund");
      await page.focus('.layer:nth-child(3) [data-part="edit"]');
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("End");
      await page.keyboard.type(" 1");
      expect((await layersOf(page))[2]).toBe("Insurance fund 1");
      await page.focus("#new-policy");
      await page.keyboard.type("Carry");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await layersOf(page)).toHaveLength(5);
      expect(await sentenceOf(page)).toContain("stays open");
      await page.focus('.layer:nth-child(5) [data-part="remove"]');
      await page.keyboard.press("Enter");
      expect(await layersOf(page)).toHaveLength(4);
      expect(said).toEqual([]);
      await page.close();
    });

    it("follows the pointer that drags a layer", async () => {
      const { page } = await open();
      await page.setViewportSize({ width: 1440, height: 1200 });
      const from = (await page.locator('.layer:nth-child(4) [data-part="grip"]').boundingBox())!;
      const to = (await page.locator(".layer:nth-child(1)").boundingBox())!;
      await page.mouse.move(from.x + 10, from.y + 10);
      await page.mouse.down();
      await page.mouse.move(to.x + 10, to.y + 5, { steps: 12 });
      await page.mouse.up();
      expect((await layersOf(page))[0]).toBe("Lenders");
      expect(await sentenceOf(page)).toBe("The loss stops in “Lenders”, which bears 449,440.968520 USDC.");
      await page.close();
    });

    it("keeps the last picture where a field cannot be read, and says what is expected", async () => {
      const { page } = await open();
      const before = await page.innerHTML(".tower");
      await page.fill("input.loss", "1.2.3");
      expect(await page.innerHTML(".tower")).toBe(before);
      expect(await page.getAttribute("input.loss", "aria-invalid")).toBe("true");
      expect(await page.textContent(".money .fault:not([hidden])")).toContain("at most 6 decimals");
      await page.close();
    });

    it("takes both parts of a fraction before it counts", async () => {
      const { page } = await open();
      await page.click('.layer:nth-child(1) [data-part="edit"]');
      await page.getByLabel("Numerator").first().fill("1");
      expect(await page.textContent(".form-place .fault:not([hidden])")).toContain("den");
      await page.getByLabel("Denominator").first().fill("2");
      expect(await page.locator(".form-place .fault:not([hidden])").count()).toBe(0);
      expect(await page.locator(".layer:nth-child(1) .takes data").getAttribute("value")).toBe("12500000000");
      await page.close();
    });

    it("copies a link that brings everything back, and says why another cannot be read", async () => {
      const { page } = await open();
      await page.fill("input.loss", "123,456.789");
      await page.click("text=Copy link");
      const link = await page.evaluate(() => navigator.clipboard.readText());
      expect(readShared(link.split("#")[1] ?? "")).toMatchObject({
        ok: true,
        document: { loss: "123456789000" },
      });
      await page.waitForFunction(() => location.hash.includes("123456789000"));
      const again = await open(`#${link.split("#")[1]}`);
      expect(await again.page.inputValue("input.loss")).toBe("123,456.789000");
      const wrong = await open("#2/USDC.6/1");
      expect(await wrong.page.textContent(".status")).toContain('version "2" is not known');
      for (const each of [page, again.page, wrong.page]) await each.close();
    });

    it("shows the numbers of the model, waterfall after waterfall, and draws 12 layers within 16 ms", async () => {
      const { page, said } = await open();
      for (const sample of fc.sample(documents(), { seed: 77, numRuns: 150 })) {
        const run = runDocument(sample);
        if (!run.ok) continue;
        const shown = await page.evaluate(async (fragment) => {
          history.replaceState(history.state, "", `#${fragment}`);
          dispatchEvent(new HashChangeEvent("hashchange"));
          const values = (selector: string) =>
            [...document.querySelectorAll<HTMLDataElement>(selector)].map(({ value }) => value);
          return {
            taken: values(".layers .takes data"),
            table: values(".result tbody data"),
            total: values(".result tfoot data"),
          };
        }, shareText(sample));
        const outcome = outcomeOf(run.result);
        expect(shown.taken).toEqual(outcome.rows.map(({ taken }) => `${taken}`));
        expect(shown.table).toEqual(
          outcome.rows.flatMap(({ taken, restored }) => [`${taken}`, `${restored}`]),
        );
        expect(shown.total).toEqual([`${outcome.uncovered}`, `${outcome.uncoveredRestored}`]);
      }
      const kinds = [
        "cash-fund",
        "reserve",
        "deductible",
        "tranche",
        "advance",
        "take-over",
        "tranche-senior",
        "members",
      ];
      let twelve = OPENING;
      for (const kind of kinds) twelve = addLayer(twelve, kind, kind);
      expect(twelve.waterfall.layers).toHaveLength(12);
      const times = await page.evaluate(async (fragment) => {
        history.replaceState(history.state, "", `#${fragment}`);
        dispatchEvent(new HashChangeEvent("hashchange"));
        const loss = document.querySelector<HTMLInputElement>("input.loss")!;
        const took: number[] = [];
        for (let turn = 0; turn < 120; turn++) {
          loss.value = `${turn * 20_000 + 1}.5`;
          const started = performance.now();
          loss.dispatchEvent(new Event("input"));
          document.body.getBoundingClientRect();
          took.push(performance.now() - started);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        return took.slice(20).sort((a, b) => a - b);
      }, shareText(twelve));
      const median = times[times.length >> 1]!;
      process.stdout.write(
        `12 layers: median ${median.toFixed(1)} ms, 95 % ${times[Math.floor(times.length * 0.95)]!.toFixed(1)} ms, worst ${times.at(-1)!.toFixed(1)} ms.\n`,
      );
      expect(median).toBeLessThan(16);
      expect(said).toEqual([]);
      await page.close();
    });
  });

  it("reconciles the sample in the browser and shows its report", async () => {
    const { page, said } = await browser.page("/drop.html");
    await ready(page);
    await page.focus("button.framed");
    await page.keyboard.press("Enter");
    await page.waitForSelector("iframe");
    expect(await page.textContent(".verdict")).toBe("All 11 write-offs agree to the last unit.");
    const report = page.frames().find((frame) => frame !== page.mainFrame())!;
    await report.waitForSelector("html.ready");
    expect(await report.textContent("h1")).toBe("All 11 write-offs agree to the last unit.");
    await page.setInputFiles("#history", {
      name: "no.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("hello"),
    });
    await page.waitForSelector(".status.fault");
    expect(await page.textContent(".status")).toContain("no.txt");
    expect(said).toEqual([]);
    await page.close();
  });

  it("searches without a network", async () => {
    const { page, said } = await browser.page("/");
    await page.click(".DocSearch-Button");
    await page.waitForSelector(".VPLocalSearchBox input");
    await page.keyboard.type("stake slash");
    await page.waitForSelector(".VPLocalSearchBox .result");
    expect(await page.locator(".VPLocalSearchBox .result").first().getAttribute("href")).toContain(
      "stake-slash",
    );
    expect(said).toEqual([]);
    await page.close();
  });
});

/** Tells why nothing was checked, where nothing was. */
it.skipIf(hasChromium && hasSite)(
  "is skipped: no built site (npm run docs:build) or no /usr/bin/chromium",
  () => {
    expect(readFileSync(new URL("../../index.md", import.meta.url), "utf8")).toContain("# shortfall");
  },
);
