import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** The browser that Debian and Ubuntu install as the package `chromium`. */
export const CHROMIUM = "/usr/bin/chromium";

/** Whether the browser is installed; tests that need it name it where it is not. */
export const hasChromium = existsSync(CHROMIUM);

/** The accessibility checker, as text for the page. */
export const axeSource = (): string =>
  readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A headless Chromium with a profile of its own, and pages that report what their console said. */
export class Browser {
  readonly #context: BrowserContext;
  readonly #folder: string;

  private constructor(context: BrowserContext, folder: string) {
    this.#context = context;
    this.#folder = folder;
  }

  /** `scripts: false` is a reader who runs none. */
  static async open(options: { readonly scripts: boolean } = { scripts: true }): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), "report-page-"));
    const context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: CHROMIUM,
      headless: true,
      javaScriptEnabled: options.scripts,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    return new Browser(context, folder);
  }

  /** Opens a report from a file, as a reader would; `said` collects what went wrong on the page. */
  async report(html: string, name: string, ready = "html.ready"): Promise<{ page: Page; said: string[] }> {
    const path = join(this.#folder, name);
    writeFileSync(path, html);
    const page = await this.#context.newPage();
    const said: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") said.push(message.text());
    });
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) said.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(path).href);
    await page.waitForSelector(ready);
    return { page, said };
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What axe finds, and pages wider than the window, in light and dark, wide and narrow. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource());
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      found.push(...((await page.evaluate(AXE)) as string[]));
      const beyond = (await page.evaluate(BEYOND)) as number;
      if (beyond !== 0) found.push(`${beyond} beyond ${width}`);
    }
  }
  return found;
}

const AXE =
  "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' ')))";
const BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

/** Presses the button and gives what it says. */
export async function verify(page: Page): Promise<string> {
  await page.click("#verify");
  await page.waitForSelector("#verify:enabled");
  return (await page.textContent("#verified")) ?? "";
}
