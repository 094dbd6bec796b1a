import { describe, expect, it } from "vitest";
import { CHART } from "../chart.js";
import type { AnyLossPolicy, WaterfallDefinition } from "../ports/policy.js";
import { definePolicy } from "../waterfall/define-policy.js";
import type { PoolDefinition } from "./definition.js";
import { exchangeRate } from "./exchange-rate-rule.js";
import { indexed } from "./index-rule.js";
import { createLedger, type Ledger } from "./ledger.js";
import { plainTotals, virtualShares } from "./totals-rule.js";

type Named = { readonly name: string };
const byName = { parse: (input: unknown) => input as Named };

/** Policies of the plainest kind, so that these tests need no other package. */
const simplePolicies: readonly AnyLossPolicy[] = [
  definePolicy<Named, object>({
    id: "fund",
    version: "1",
    title: "Fund",
    parameters: byName,
    describe: ({ name }) => `Fund ${name} pays.`,
    bearer: ({ name }) => ({ kind: "fund", id: name }),
    open: () => ({}),
    capacity: (view) => {
      const fund = view.pool.funds.get(view.parameters.name)!;
      return fund.balance - (fund.floor ?? 0n);
    },
    absorb(view, request) {
      const fund = view.pool.funds.get(view.parameters.name)!;
      const free = fund.balance - (fund.floor ?? 0n);
      const taken = free < request.remaining ? free : request.remaining;
      return {
        taken,
        state: view.state,
        effects: [{ kind: "draw-fund", fund: fund.id, assets: taken }],
        reason: "The fund pays.",
      };
    },
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "fill-fund", fund: view.parameters.name, assets: offered }],
      reason: "The fund is refilled.",
    }),
  }),
  definePolicy<Named, object>({
    id: "class",
    version: "1",
    title: "Class",
    parameters: byName,
    describe: ({ name }) => `Class ${name} loses.`,
    bearer: ({ name }) => ({ kind: "class", id: name }),
    open: () => ({}),
    capacity: (view) => view.pool.classes.find((entry) => entry.id === view.parameters.name)!.assets,
    absorb(view, request) {
      const entry = view.pool.classes.find((found) => found.id === view.parameters.name)!;
      const taken = entry.assets < request.remaining ? entry.assets : request.remaining;
      return {
        taken,
        state: view.state,
        effects: [{ kind: "write-down", class: entry.id, assets: taken }],
        reason: "The class loses.",
      };
    },
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "write-up", class: view.parameters.name, assets: offered }],
      reason: "The class recovers.",
    }),
  }),
  definePolicy<object, object>({
    id: "carry",
    version: "1",
    title: "Carry",
    parameters: { parse: () => ({}) },
    describe: () => "It stays open.",
    bearer: () => ({ kind: "carried", id: "deficit" }),
    open: () => ({}),
    capacity: () => "unlimited",
    absorb: (view, request) => ({
      taken: request.remaining,
      state: view.state,
      effects: [{ kind: "carry", assets: request.remaining }],
      reason: "It stays open.",
    }),
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "uncarry", assets: offered }],
      reason: "It is covered.",
    }),
  }),
];

const waterfall = (...layers: (readonly [policy: string, name?: string])[]): WaterfallDefinition => ({
  format: "shortfall-waterfall/1",
  id: "test",
  version: "1",
  layers: layers.map(([policy, name], index) => ({
    id: name === undefined ? policy : `${policy}-${name}-${index}`,
    policy,
    parameters: name === undefined ? {} : { name },
  })),
});

const at = (timestamp: number) => ({ block: timestamp, timestamp });

function open(definition: Partial<PoolDefinition> = {}): Ledger {
  return createLedger({
    policies: simplePolicies,
    pools: [
      {
        id: "usd",
        asset: "USD",
        decimals: 6,
        classes: [{ id: "main" }],
        shareRule: plainTotals(),
        funds: [{ id: "insurance" }],
        collateral: [{ asset: "ETH", bonusBps: 500n }],
        waterfall: waterfall(["fund", "insurance"], ["class", "main"]),
        ...definition,
      },
    ],
  });
}

const usd = (timestamp: number) => ({ pool: "usd", at: at(timestamp) });

describe("a loss from deposit to recovery", () => {
  it("runs insurance, then the class, and pays back in reverse order", () => {
    const ledger = open();
    ledger.deposit({ ...usd(1), account: "alice", assets: 600n });
    ledger.deposit({ ...usd(1), account: "bob", assets: 400n });
    ledger.topUpFund({ ...usd(1), account: "dao", fund: "insurance", assets: 100n });
    ledger.postCollateral({ ...usd(2), account: "carol", asset: "ETH", amount: 2n });
    ledger.borrow({ ...usd(2), account: "carol", assets: 500n });
    ledger.accrue({ ...usd(3), interest: 100n });
    ledger.liquidate({
      ...usd(4),
      account: "carol",
      liquidator: "liz",
      asset: "ETH",
      repay: 300n,
      price: { numerator: 100n, denominator: 1n },
    });
    expect(ledger.debt("usd", "carol").assets).toBe(409n);
    const off = ledger.writeOff({ ...usd(5), account: "carol" });
    expect(off).toMatchObject({ assets: 409n, absorbed: 409n, uncovered: 0n });
    expect(ledger.fund("usd", "insurance")).toBe(0n);
    expect(ledger.classes("usd")[0]).toMatchObject({ assets: 1100n - 309n, shares: 1000n });
    const [table] = ledger.haircuts(off.deficit);
    expect(table?.rows).toEqual([
      { account: "alice", shares: 600n, loss: 185n },
      { account: "bob", shares: 400n, loss: 124n },
    ]);
    expect(table).toMatchObject({ absorbed: 309n, dust: 0n });
    const back = ledger.recover({ ...usd(6), deficit: off.deficit, assets: 350n });
    expect(back.slots.map(({ slot, restored }) => [slot, restored])).toEqual([
      ["class-main-1", 309n],
      ["fund-insurance-0", 41n],
    ]);
    expect(ledger.view("usd")).toMatchObject({ suppliers: 1100n, backingWad: 10n ** 18n });
    ledger.requireControls();
    for (const row of ledger.trialBalance().filter(({ account }) => account === CHART.writeOff))
      expect(row.balance).toBe(0n);
  });

  it("names what no layer took", () => {
    const ledger = open({ waterfall: waterfall(["fund", "insurance"]) });
    ledger.deposit({ ...usd(1), account: "alice", assets: 600n });
    ledger.borrow({ ...usd(2), account: "carol", assets: 500n });
    ledger.topUpFund({ ...usd(2), account: "dao", fund: "insurance", assets: 100n });
    const off = ledger.writeOff({ ...usd(5), account: "carol" });
    expect(off).toMatchObject({ absorbed: 100n, uncovered: 400n });
    expect(ledger.solvency("usd")).toMatchObject({ assets: 200n, claims: 600n, shortfall: 400n });
    ledger.requireControls();
  });
});

describe("share rules", () => {
  it.each([
    ["plain", plainTotals()],
    ["virtual", virtualShares()],
    ["indexed", indexed()],
    ["half-up", indexed({ conversion: "half-up" })],
    ["exchange rate", exchangeRate({ initialRateWad: 2n * 10n ** 16n })],
  ] as const)("%s: books and journal agree through a whole life", (_name, shareRule) => {
    const ledger = open({ shareRule, debtRule: indexed({ indexRounding: "up" }) });
    ledger.deposit({ ...usd(1), account: "alice", assets: 1_000_003n });
    ledger.deposit({ ...usd(1), account: "bob", assets: 777n });
    ledger.borrow({ ...usd(2), account: "carol", assets: 900_001n });
    ledger.accrue({ ...usd(100), ratePerSecondRay: 10n ** 20n });
    ledger.requireControls();
    const off = ledger.writeOff({ ...usd(101), account: "carol" });
    ledger.requireControls();
    expect(off.uncovered).toBe(0n);
    ledger.recover({ ...usd(102), deficit: off.deficit, assets: 100_000n });
    ledger.withdraw({ ...usd(103), account: "alice", assets: "all" });
    ledger.withdraw({ ...usd(103), account: "bob", assets: "all" });
    ledger.requireControls();
    expect(ledger.classes("usd")[0]!.shares).toBe(0n);
  });
});
