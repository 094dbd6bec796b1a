import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shell } from "./shell.js";

const plan = (count: number): string =>
  JSON.stringify({
    dt: 12,
    lt: 0.8,
    bonus: 0.05,
    closeFactor: 0.5,
    fullCloseBelowHf: 0.95,
    oracle: { deviation: 0.005, heartbeat: 3600, delaySteps: 1 },
    dex: { x0: 500, fee: 0.003, recovery: 0.05 },
    keeper: { maxDebtPerStep: null, maxCountPerStep: 5, latencySteps: 1, minProfit: 0 },
    gas: 20,
    positions: Array.from({ length: 20 }, (_, k) => ({ collateral: 10 + k, debt: (10 + k) * 1400 })),
    paths: { kind: "brownian", start: 2000, steps: 100, dtYears: 1 / 8766 / 12, vol: 8 },
    count,
    seed: 7,
    unitsPerDebt: "1000000",
    pool: {
      reserves: "1000000000",
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
  });

describe("risk stress", () => {
  // The largest backlog of the paths done before used to be forgotten.
  it.each([1, 5, 15, 29])("stopped after %i paths and resumed, ends where one run ends", async (first) => {
    const folder = mkdtempSync(join(tmpdir(), "stress-"));
    const file = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    const samples = ["--json", "--samples"];
    const whole = await shell(["risk", "stress", file("plan.json", plan(30)), ...samples]);
    const head = await shell(["risk", "stress", file("head.json", plan(first)), ...samples]);
    expect([whole.code, head.code]).toEqual([0, 0]);
    const run = file("run.json", head.out);
    const resumed = await shell(["risk", "stress", join(folder, "plan.json"), "--resume", run, ...samples]);
    expect(JSON.parse(resumed.out)).toEqual(JSON.parse(whole.out));
    expect(JSON.parse(whole.out).hit).toBeGreaterThan(0);
  });
});
