import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** Where `docs:build` puts the site. */
export const SITE = fileURLToPath(new URL("../../.vitepress/dist/", import.meta.url));

/** The browser that Debian and Ubuntu install as the package `chromium`. */
export const CHROMIUM = "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);
export const hasSite = existsSync(join(SITE, "index.html"));

/** The accessibility checker, as text for the page. */
export const axeSource = (): string =>
  readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".gz": "application/gzip",
  ".svg": "image/svg+xml",
};

/** The built site on a port of this machine, and a headless Chromium that may ask for nothing else. */
export class SiteBrowser {
  readonly address: string;
  readonly context: BrowserContext;
  readonly #server: Server;
  readonly #folder: string;

  private constructor(server: Server, context: BrowserContext, folder: string) {
    this.#server = server;
    this.context = context;
    this.#folder = folder;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<SiteBrowser> {
    const server = createServer((request, response) => {
      const asked = decodeURIComponent((request.url ?? "/").split(/[?#]/)[0] ?? "/");
      const path = join(SITE, normalize(asked.endsWith("/") ? `${asked}index.html` : asked));
      const file = [path, `${path}.html`].find(
        (each) => each.startsWith(SITE) && extname(each) && existsSync(each),
      );
      response.writeHead(file ? 200 : 404, { "content-type": TYPES[extname(file ?? "")] ?? "text/plain" });
      response.end(file ? readFileSync(file) : "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const folder = mkdtempSync(join(tmpdir(), "site-"));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: CHROMIUM,
      headless: true,
      permissions: ["clipboard-read", "clipboard-write"],
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
    return new SiteBrowser(server, context, folder);
  }

  /** Opens a page of the site; `said` collects errors of its console and requests that leave the machine. */
  async page(path: string): Promise<{ readonly page: Page; readonly said: string[] }> {
    const page = await this.context.newPage();
    const said: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") said.push(`${path}: ${message.text()}`);
    });
    page.on("pageerror", (error) => said.push(`${path}: ${error.message}`));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(this.address) && !/^(data|blob|about):/.test(url))
        said.push(`${path}: asked for ${url}`);
    });
    await page.goto(`${this.address}${path}`);
    return { page, said };
  }

  async close(): Promise<void> {
    await this.context.close();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Waits until what runs on the page is there. */
export const ready = (page: Page): Promise<unknown> =>
  page.waitForSelector("[data-ready]", { timeout: 30_000 });
