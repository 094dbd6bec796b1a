import {
  CHART,
  createLedger,
  exchangeRate,
  indexed,
  type Ledger,
  type PoolDefinition,
  plainTotals,
  principalIndexed,
  virtualShares,
} from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { catalogue } from "../src/index.js";

const usd = (timestamp: number) => ({ pool: "usd", at: { block: timestamp, timestamp } });

const open = (definition: Pick<PoolDefinition, "classes" | "waterfall"> & Partial<PoolDefinition>): Ledger =>
  createLedger({
    policies: catalogue,
    pools: [{ id: "usd", asset: "USD", decimals: 6, ...definition }],
  });

const layers = (...list: PoolDefinition["waterfall"]["layers"]): PoolDefinition["waterfall"] => ({
  format: "shortfall-waterfall/1",
  id: "worked",
  version: "1",
  layers: list,
  recovery: { order: "senior-first" },
});

describe("the numbers of the ledger's documentation", () => {
  it("insurance, junior, senior: a loss of 400 and a recovery of 300", () => {
    const ledger = open({
      classes: [{ id: "senior" }, { id: "junior" }],
      shareRule: plainTotals(),
      funds: [{ id: "insurance" }],
      waterfall: layers(
        { id: "insurance", policy: "cash-fund", parameters: { fund: "insurance" } },
        { id: "junior", policy: "tranche", parameters: { class: "junior" } },
        { id: "senior", policy: "pro-rata", parameters: { class: "senior" } },
      ),
    });
    ledger.deposit({ ...usd(1), class: "senior", account: "ana", assets: 600n });
    ledger.deposit({ ...usd(1), class: "senior", account: "ben", assets: 300n });
    ledger.deposit({ ...usd(1), class: "junior", account: "cho", assets: 100n });
    ledger.topUpFund({ ...usd(1), fund: "insurance", account: "dao", assets: 50n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 400n });
    const off = ledger.writeOff({ ...usd(3), account: "bob" });
    expect(off.layers.map(({ layer, offered, taken }) => [layer, offered, taken])).toEqual([
      ["insurance", 400n, 50n],
      ["junior", 350n, 100n],
      ["senior", 250n, 250n],
    ]);
    const losses = ledger
      .haircuts(off.deficit)
      .flatMap((table) => table.rows.map((row) => [row.account, row.loss]));
    expect(losses).toEqual([
      ["cho", 100n],
      ["ana", 167n],
      ["ben", 83n],
    ]);
    const back = ledger.recover({ ...usd(9), deficit: off.deficit, assets: 300n });
    expect(back.slots.map(({ slot, restored }) => [slot, restored])).toEqual([
      ["senior", 250n],
      ["junior", 50n],
    ]);
    ledger.requireControls();
  });

  it.each([
    ["plain totals", plainTotals(), [90n, 795n, 71n, 867n, 0n]],
    ["virtual shares", virtualShares(), [90_917_347n, 794n, 72n, 867n, 0n]],
    ["exchange rate", exchangeRate(), [90n, 795n, 71n, 867n, 0n]],
    ["indexed, by direction", indexed(), [90n, 794n, 71n, 865n, 2n]],
    ["indexed, half up", indexed({ conversion: "half-up" }), [91n, 795n, 72n, 866n, 1n]],
    ["principal", principalIndexed(), [90n, 794n, 71n, 865n, 2n]],
  ] as const)("one history under %s", (_name, shareRule, wanted) => {
    const ledger = open({
      classes: [{ id: "main" }],
      shareRule,
      waterfall: layers({ id: "main", policy: "pro-rata", parameters: { class: "main" } }),
    });
    ledger.deposit({ ...usd(1), account: "ana", assets: 1000n });
    ledger.borrow({ ...usd(1), account: "bob", assets: 900n });
    ledger.accrue({ ...usd(2), interest: 100n });
    const { shares } = ledger.deposit({ ...usd(3), account: "ben", assets: 100n });
    ledger.writeOff({ ...usd(4), account: "bob", assets: 333n });
    const [main] = ledger.classes("usd");
    expect([
      shares,
      ledger.holding("usd", "ana").assets,
      ledger.holding("usd", "ben").assets,
      main?.assets,
      -ledger.journal.balance("usd", CHART.rounding("pool"), "USD"),
    ]).toEqual(wanted);
    ledger.requireControls();
  });
});

describe("policies that state an index", () => {
  it("move the class to it, and what its rounding takes beyond the loss is dust of the pool", () => {
    const ledger = open({
      classes: [{ id: "main", policiesMoveIndex: true }],
      shareRule: indexed({ divisor: 1000n }),
      waterfall: layers({
        id: "main",
        policy: "index-writedown",
        parameters: { class: "main", rule: "per-share-ceil" },
      }),
    });
    ledger.deposit({ ...usd(1), account: "ana", assets: 700n });
    ledger.deposit({ ...usd(1), account: "ben", assets: 299n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 100n });
    const off = ledger.writeOff({ ...usd(3), account: "bob" });
    // 100 of 999 is an index fall of 100.1, so 101: the claim falls to floor(999 · 0.899) = 898.
    expect(ledger.classes("usd")[0]).toMatchObject({ index: 899n, assets: 898n });
    expect(ledger.journal.balance("usd", CHART.rounding("pool"), "USD")).toBe(-1n);
    expect(ledger.haircuts(off.deficit)[0]?.rows.map((row) => row.loss)).toEqual([70n, 30n]);
    ledger.requireControls();
  });
});

describe("the exit mark", () => {
  it("marks and unmarks by the layer's own actions, and lets who leaves pay for it", () => {
    const ledger = open({
      classes: [{ id: "main" }],
      shareRule: plainTotals(),
      waterfall: layers({ id: "mark", policy: "exit-mark", parameters: { class: "main" } }),
    });
    ledger.deposit({ ...usd(1), account: "ana", assets: 600n });
    ledger.deposit({ ...usd(1), account: "ben", assets: 400n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 500n });
    ledger.layerAction({ ...usd(3), layer: "mark", action: "mark", input: { loan: "bob", amount: 250n } });
    expect(ledger.classes("usd")[0]).toMatchObject({ assets: 1000n, marked: 250n });
    expect(ledger.withdraw({ ...usd(4), account: "ben", assets: "all" }).assets).toBe(300n);
    ledger.layerAction({ ...usd(5), layer: "mark", action: "remove", input: { loan: "bob" } });
    expect(ledger.holding("usd", "ana").assets).toBe(700n);
    expect(() =>
      ledger.layerAction({ ...usd(6), layer: "mark", action: "remove", input: { loan: "bob" } }),
    ).toThrow('layer "mark" refused "remove": NotImpaired');
    ledger.requireControls();
  });
});
