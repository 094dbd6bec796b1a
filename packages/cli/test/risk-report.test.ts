import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { json, shell, temporaryFolder } from "./shell.js";

const folder = temporaryFolder("risk-report");
afterAll(() => rmSync(folder, { recursive: true }));

const input = (name: string, value: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
};

const NETWORK = {
  unit: "USDX",
  markets: {
    m: { cash: 10, loans: [{ debt: 90, bonus: 0.05, collateral: [{ vault: "v", shares: 70 }] }] },
  },
  vaults: { v: { idle: 0, shares: 100, alloc: { m: 1 }, reportedPrice: 1 } },
};

const PLAN = {
  title: "A market",
  scenario: "A calm day",
  asset: { name: "USDX", decimals: 6 },
  dt: 12,
  lt: 0.8,
  bonus: 0.05,
  closeFactor: 1,
  oracle: { deviation: 0.005, heartbeat: 3600, delaySteps: 1 },
  keeper: { maxCountPerStep: 1, latencySteps: 2, minProfit: 0 },
  gas: 20,
  positions: Array.from({ length: 12 }, (_, k) => ({ collateral: 10 + k, debt: (10 + k) * 1500 })),
  paths: { kind: "brownian", start: 2000, steps: 60, dtYears: 1 / 8766 / 12, vol: 9 },
  count: 60,
  seed: 7,
  unitsPerDebt: "1000000",
  pool: {
    funds: [{ id: "insurance", balance: "1000000000" }],
    classes: [{ id: "suppliers", assets: "2000000000000" }],
  },
  waterfalls: [
    {
      format: "shortfall-waterfall/1",
      id: "insurance-first",
      version: "1",
      layers: [
        { id: "insurance", policy: "cash-fund", parameters: { fund: "insurance" } },
        { id: "rest", policy: "pro-rata", parameters: { class: "suppliers" } },
      ],
    },
  ],
  concentrations: [{ of: "Supply", balances: ["5", "1", "1", "1", "1"] }],
  network: NETWORK,
};

describe("risk reports", () => {
  it("of a stress plan hold plan, results and page, and come out of the plan again byte for byte", async () => {
    const plan = input("plan.json", PLAN);
    const out = join(folder, "stress");
    const { code, document } = await json(["risk", "stress", plan, "--out", out]);
    expect([code, document.out]).toEqual([0, out]);
    expect(document.hit).toBeGreaterThan(0);
    expect(readdirSync(out).sort()).toEqual([
      "manifest.json",
      "report.html",
      "risk.json",
      "stress-plan.json",
    ]);
    const page = readFileSync(join(out, "report.html"), "utf8");
    for (const title of [
      "Loss distribution",
      "Exhaustion of the layers",
      "Price paths",
      "Concentration",
      "Contagion",
    ]) {
      expect(page).toContain(`>${title}</h2>`);
    }
    expect(await json(["risk", "verify", out])).toMatchObject({
      code: 0,
      document: { ok: true, failures: [] },
    });
    await shell(["risk", "stress", plan, "--out", join(folder, "again")]);
    expect(readFileSync(join(folder, "again", "report.html"), "utf8")).toBe(page);
  });

  it.each([
    ["report.html", (text: string) => text.replace("Loss distribution", "Gain distribution"), "report.html"],
    ["risk.json", (text: string) => text.replace('"seed":7', '"seed":8'), "risk.json"],
    ["stress-plan.json", (text: string) => text.replace('"seed":7', '"seed":8'), "risk.json"],
  ] as const)("are refused when %s was changed", async (name, change, blamed) => {
    const out = join(folder, `changed-${name}`);
    await shell(["risk", "stress", input("plan.json", PLAN), "--out", out]);
    const before = readFileSync(join(out, name), "utf8");
    writeFileSync(join(out, name), change(before));
    expect(readFileSync(join(out, name), "utf8")).not.toBe(before);
    for (const command of [["risk", "verify"], ["verify"]]) {
      const { code, document } = await json([...command, out]);
      expect(code).toBe(1);
      expect(document.failures).toContainEqual({ file: blamed, reason: "is not what the input gives" });
    }
  });

  it("of holdings and of vaults stand alone", async () => {
    const held = input("held.json", {
      of: "Supply",
      asset: { name: "USDX", decimals: 6 },
      balances: ["3", "1"],
    });
    const { code, document } = await json(["risk", "concentration", held, "--out", join(folder, "held")]);
    expect([code, document.title, document.asset]).toEqual([0, "Supply", "USDX"]);
    expect(document.figures).toMatchObject({ n: 2, nakamoto: 1 });
    const vaults = input("vaults.json", NETWORK);
    const { out } = await shell(["risk", "contagion", vaults, "--out", join(folder, "vaults")]);
    expect(out).toMatch(/^v: a share is worth 0\.\d+, says 1; a run can take \d+(\.\d+)?\ncircle: v back/);
    for (const name of ["held", "vaults"]) {
      expect(await json(["risk", "verify", join(folder, name)])).toMatchObject({ code: 0 });
      expect(await json(["verify", join(folder, name)])).toMatchObject({ code: 0, document: { ok: true } });
      expect(await shell(["verify", join(folder, name), "--logs", held])).toMatchObject({ code: 2 });
    }
  });

  it("leave other folders alone, and say what is wrong with their input", async () => {
    const other = temporaryFolder("not-a-report");
    writeFileSync(join(other, "mine.txt"), "mine");
    const plan = input("plan.json", PLAN);
    expect(await shell(["risk", "stress", plan, "--out", other])).toMatchObject({ code: 2 });
    expect(readdirSync(other)).toEqual(["mine.txt"]);
    expect(await json(["risk", "verify", other])).toMatchObject({ code: 1, document: { ok: false } });
    writeFileSync(join(other, "contagion.json"), "{");
    expect((await json(["risk", "verify", other])).document.failures).toEqual([
      { file: "contagion.json", reason: expect.stringContaining("JSON") },
    ]);
    rmSync(other, { recursive: true });
    const wrong = await shell(["risk", "concentration", input("wrong.json", { balances: ["x"] })]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("balances[0]")]);
    const decimals = { asset: { name: "A", decimals: 1.5 }, balances: [] };
    expect((await shell(["risk", "concentration", input("decimals.json", decimals)])).err).toContain(
      "asset.decimals",
    );
  });
});
