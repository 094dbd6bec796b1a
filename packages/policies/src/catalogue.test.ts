import { type PolicyScenario, policyConformance } from "@shortfall/testing";
import { describe, expect, it } from "vitest";
import { catalogue, catalogueRegistry } from "./catalogue.js";

const COLLATERAL = [{ asset: "collateral", amount: 1_000_003n }];

/** Each policy with the pool of the conformance suite, in the forms that differ. */
const SCENARIOS: Readonly<Record<string, readonly PolicyScenario[]>> = {
  "cash-fund": [
    { parameters: { fund: "insurance" } },
    { parameters: { fund: "insurance", limits: { floor: 7n, lifetime: { max: 5_000n, used: 17n } } } },
    { parameters: { fund: "insurance", limits: { period: { max: 9_999n, length: 60n } } } },
    {
      parameters: { fund: "insurance", limits: { fraction: { num: 3333n, den: 10_000n } } },
      split: "differs",
    },
    { parameters: { fund: "insurance", limits: { fixed: 123n } }, split: "differs" },
    {
      parameters: { fund: "insurance", limits: { allOrNothing: true }, transferUnit: 1_000n },
      split: "differs",
      monotone: false,
    },
  ],
  reserve: [{ parameters: {} }, { parameters: { floor: 100n } }],
  deductible: [{ parameters: { amount: 12_345n } }, { parameters: { amount: 0n, owner: "dao" } }],
  "stake-slash": [
    // Two fees and two conversions round down, so two parts may cover a few units more than the whole.
    { parameters: { fund: "stake", feeBps: 1_000n, minimumLeft: 1_000n }, split: 4n, monotone: 1n },
    { parameters: { fund: "stake", prices: { loss: 3n, stake: 7n } }, split: 6n, monotone: 3n },
    { parameters: { fund: "insurance" } },
  ],
  "safety-module": [
    {
      parameters: {
        fund: "stake",
        maxSlashableBps: 3_000n,
        lowerBound: 1_000n,
        shares: 777_777n,
        holders: { a: 777_777n },
      },
      // The second slash waits for settlement, and a return below the bound is refused.
      split: "differs",
      recoverySplit: "differs",
    },
  ],
  advance: [{ parameters: { fund: "insurance", floor: 5n, interestBpsPerYear: 1_000n } }],
  "share-burn": [
    // A burn rounds shares down; the holders left behind bear the rounding, the next burn sees their price.
    { parameters: { class: "senior", holder: "treasury" }, split: 3n, monotone: 1n },
    { parameters: { class: "senior", holder: "nobody" } },
  ],
  "pro-rata": [
    { parameters: { class: "senior" } },
    { parameters: { class: "senior", minimumRate: { num: 1n, den: 100n } } },
    { parameters: { class: "junior", onZero: "deprecated" } },
    { parameters: { class: "senior", recovery: { snapshot: { holders: "holders" } } } },
  ],
  "index-writedown": [
    { parameters: { class: "indexed", rule: "proportional-ceil" }, split: 2n },
    { parameters: { class: "indexed", rule: "per-share-ceil", clearDust: true }, split: 2n },
    { parameters: { class: "indexed", rule: "per-share-floor" }, split: 2n },
    { parameters: { class: "indexed", rule: "remainder-floor", onZero: "killed" }, split: 2n },
  ],
  spread: [{ parameters: { classes: ["senior", "junior"] } }, { parameters: { classes: ["junior"] } }],
  tranche: [{ parameters: { class: "junior" } }],
  "tranche-senior": [
    { parameters: { protect: ["indexed"] } },
    { parameters: { protect: ["indexed", "senior"], recovery: "junior-first" } },
    { parameters: { protect: ["indexed"], depletion: "pop" } },
  ],
  "claim-tranches": [
    { parameters: { claims: [{ class: "senior", claim: 8_000_003n }], residual: "junior" } },
    { parameters: { claims: [{ class: "senior", claim: 5_000_000n }], residual: "junior" } },
  ],
  "target-yield": [
    {
      parameters: {
        class: "senior",
        cash: 3n,
        loans: 8_000_000n,
        tranches: [
          { id: "equity", checkpoint: 1_000_003n, targetBpsPerYear: 0n },
          { id: "junior", checkpoint: 2_000_000n, targetBpsPerYear: 1_000n },
          { id: "senior", checkpoint: 5_000_000n, targetBpsPerYear: 500n },
        ],
      },
    },
  ],
  members: [
    { parameters: { group: "members" } },
    { parameters: { group: "members", rule: "ceil-capped", limits: { fixed: 999_999n } }, split: "differs" },
    // Dust of one loss, at most a unit an account, can still be charged in the next one.
    { parameters: { group: "members", rule: "floor" }, split: 4n },
    { parameters: { group: "members", rule: "sequential", takes: "margin" } },
  ],
  "debt-pool": [
    { parameters: { debt: 1_000n, shares: { a: 10n, b: 7n } } },
    { parameters: { debt: 0n, shares: {} } },
  ],
  "funding-shift": [
    { parameters: { openInterest: "open-interest" } },
    { parameters: { openInterest: "open-interest", side: "long", rounding: "floor", step: 1_000n } },
  ],
  "counterparty-close": [
    {
      parameters: {
        positions: "members",
        order: "pnl-x-leverage",
        pnl: "members",
        margin: "members",
        notional: "members",
        bankruptcyPrice: 199n,
      },
    },
    { parameters: { positions: "members", order: "offset", offset: 2n, bankruptcyPrice: 201n } },
    {
      parameters: {
        positions: "members",
        order: "mark-entry-x-leverage",
        mark: "members",
        entry: "members",
        margin: "members",
        notional: "members",
        bankruptcyPrice: 201n,
      },
    },
  ],
  "stability-pool": [
    {
      parameters: { variant: "epochs", fund: "insurance", collateral: "collateral" },
      prepare: [{ action: "deposit", input: { user: "a", amount: 10n ** 21n } }],
      seized: COLLATERAL,
      // A carried error may refuse a loss of a few units.
      monotone: false,
      split: "differs",
    },
    {
      parameters: {
        variant: "leave-minimum",
        fund: "insurance",
        collateral: "collateral",
        penaltyWad: 5n * 10n ** 16n,
        gas: { divisor: 200n, cap: 10n ** 18n, to: "liquidator" },
      },
      prepare: [{ action: "deposit", input: { user: "a", amount: 10n ** 21n } }],
      seized: COLLATERAL,
    },
  ],
  redistribution: [
    {
      parameters: {
        troves: { a: { collateral: 10n ** 18n, debt: 10n ** 21n }, b: { collateral: 7n, debt: 1n } },
      },
      seized: COLLATERAL,
    },
    { parameters: {} },
  ],
  "vault-redistribution": [
    {
      parameters: {
        debtShares: { a: 10n ** 18n, b: 5n * 10n ** 17n },
        debts: { a: 9n, b: -4n },
        collateralShares: { a: 10n ** 18n, b: 5n * 10n ** 17n },
      },
      // Beyond what a 128-bit value per share can hold nothing is taken at all.
      monotone: false,
      split: "differs",
    },
  ],
  "surplus-debt": [
    {
      parameters: {
        wait: 60n,
        sump: 50n,
        dump: 10n,
        bump: 5n,
        hump: 100n,
        beg: 105n * 10n ** 16n,
        pad: 15n * 10n ** 17n,
        ttl: 10n,
        tau: 100n,
      },
    },
  ],
  "fund-auction": [{ parameters: { fund: "insurance", incentiveBps: 1_000n, fundPriceWad: 10n ** 18n } }],
  "exit-mark": [{ parameters: { class: "senior" } }],
  "lateness-mark": [
    { parameters: { class: "senior", sharePriceWad: 11n * 10n ** 17n, shares: 7n * 10n ** 25n } },
  ],
  "redemption-haircut": [{ parameters: { class: "senior", collected: 850_003n, claims: 8_000_003n } }],
  "take-over": [
    { parameters: { to: "treasury" } },
    { parameters: { to: "vault", limit: 1_234n } },
    {
      parameters: { to: "others", collateral: { asset: "collateral", penaltyWad: 10n ** 17n } },
      seized: COLLATERAL,
    },
  ],
  "collateral-sale": [
    {
      parameters: { collateral: "collateral", discountBps: 500n },
      seized: COLLATERAL,
      // Both parts of the test come with the same collateral.
      split: "differs",
    },
  ],
  "in-kind": [
    {
      parameters: { class: "senior", collateral: "collateral" },
      seized: COLLATERAL,
      // Both parts of the test come with the same collateral.
      split: "differs",
    },
  ],
  carry: [{ parameters: {} }, { parameters: { inNav: false, limit: 777n } }],
  "deferred-cover": [{ parameters: { offset: 100n } }],
  nested: [
    {
      parameters: {
        layers: [
          { id: "fund", policy: "cash-fund", parameters: { fund: "insurance" }, cap: 1_000_000n },
          { id: "rest", policy: "pro-rata", parameters: { class: "senior" } },
        ],
        budget: 2_000_000n,
      },
    },
    {
      parameters: {
        layers: [
          {
            id: "inner",
            policy: "nested",
            parameters: { layers: [{ id: "stay", policy: "carry", parameters: {} }] },
          },
        ],
        recovery: ["inner"],
      },
    },
  ],
};

describe("every policy of the catalogue keeps what every policy must", () => {
  for (const policy of catalogue) {
    const scenarios = SCENARIOS[policy.id] ?? [];
    scenarios.forEach((scenario, at) => {
      describe(`${policy.id} (${at + 1})`, () => policyConformance(it, policy, scenario));
    });
  }

  it("and none is left out", () => {
    expect(Object.keys(SCENARIOS).sort()).toEqual([...catalogueRegistry.keys()].sort());
    expect(Object.values(SCENARIOS).every((list) => list.length > 0)).toBe(true);
    expect(catalogueRegistry.size).toBe(catalogue.length);
  });
});
