import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { builtInAdapters } from "@shortfall/cli";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, postgresBinaries, startPostgres } from "../../store/test/postgres-server.js";
import { planMarket } from "../src/market-replay.js";
import { json, shell, temporaryFolder } from "./shell.js";
import { recorded } from "./watch/recorded.js";

const VECTORS = new URL("../../testing/vectors/", import.meta.url);
const folder = temporaryFolder("jobs");
afterAll(() => rmSync(folder, { recursive: true }));
const built = { adapters: builtInAdapters() };
const binaries = postgresBinaries();

const files = ["morpho-blue/cascade-1.jsonl.gz", "aave-v3/02-crash-s2.jsonl.gz"].map((name) => {
  const path = join(folder, name.replace("/", "-"));
  copyFileSync(fileURLToPath(new URL(name, VECTORS)), path);
  return path;
});

describe("plans", () => {
  it("cover every block with a record once, in order, and none twice", async () => {
    for (const file of files) {
      const { ranges } = await planMarket(file, 37);
      expect(ranges.length).toBeGreaterThan(3);
      for (const [index, { fromBlock, toBlock }] of ranges.entries()) {
        expect(toBlock - fromBlock).toBeLessThan(37);
        if (index > 0) expect(fromBlock).toBe(ranges[index - 1]!.toBlock + 1);
      }
    }
  });

  it("refuse a history whose blocks go back, with its line", async () => {
    const lines = recorded("morpho-blue/cascade-1.jsonl.gz");
    const path = join(folder, "back.jsonl");
    writeFileSync(path, [lines[0], lines[3], lines[1]].join("\n"));
    await expect(planMarket(path, 10)).rejects.toMatchObject({ field: "block", line: 3 });
  });
});

describe.skipIf(binaries === undefined)("jobs and worker", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(binaries!);
  });
  afterAll(() => server?.stop());

  type Status = {
    markets: { market: string; ranges: number; applied: number; digest: string }[];
    failing: unknown[];
  };
  const status = async (): Promise<{ code: number; document: Status }> =>
    (await json(["jobs", "status", "--database", server.url], built)) as unknown as {
      code: number;
      document: Status;
    };

  it("replay histories to the digests that reconcile prints; a history that has grown goes on", async () => {
    const database = ["--database", server.url];
    const [grown] = files;
    const whole = recorded("morpho-blue/cascade-1.jsonl.gz").join("\n");
    writeFileSync(grown!, gzipSync(whole.split("\n").slice(0, 120).join("\n")));
    const added = await json(["jobs", "add", ...files, "--blocks", "50", ...database], built);
    expect(added.document.markets).toMatchObject([{ added: 3 }, { added: 6 }]);
    expect((await status()).code).toBe(1);

    const worked = await json(["worker", "--drain", ...database], built);
    expect(worked).toMatchObject({ code: 0, document: { applied: 9, failed: 0 } });
    writeFileSync(grown!, gzipSync(whole));
    await json(["jobs", "add", ...files, "--blocks", "50", ...database], built);
    expect(await json(["worker", "--drain", ...database], built)).toMatchObject({
      code: 0,
      document: { failed: 0 },
    });

    const { code, document } = await status();
    expect(code).toBe(0);
    expect(document.failing).toEqual([]);
    for (const [index, file] of files.entries()) {
      const reconciled = await json(["reconcile", file], built);
      const market = document.markets.find(({ market: name }) =>
        name.includes(index === 0 ? "morpho" : "aave"),
      );
      expect(market?.digest).toBe(reconciled.document.journalDigest);
      expect(market?.applied).toBe(market?.ranges);
    }
  }, 120_000);

  it("say what cannot be", async () => {
    const none = await shell(["jobs", "status", "--database", "postgres://127.0.0.1:1/none"], built);
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringContaining("The database cannot be reached (ECONNREFUSED)"),
    });
    const wrong = await shell(["jobs", "add", files[0]!, "--blocks", "0", "--database", server.url], built);
    expect(wrong).toMatchObject({
      code: 2,
      err: expect.stringContaining("--blocks is a whole number from 1"),
    });
  });
});
