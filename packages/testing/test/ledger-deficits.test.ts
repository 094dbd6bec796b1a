import {
  CHART,
  createLedger,
  definePolicy,
  indexed,
  type LossEffect,
  plainTotals,
  type RecoveryEffect,
} from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { layerId, plainPolicies } from "../src/index.js";
import { openLedger, plainWaterfall, refusal, usd } from "./fixture.js";

/** Ana 600, Ben 400, insurance 100, Bob owes 500. */
function lent(definition: Parameters<typeof openLedger>[0] = {}) {
  const ledger = openLedger(definition);
  ledger.deposit({ ...usd(1), account: "ana", assets: 600n });
  ledger.deposit({ ...usd(1), account: "ben", assets: 400n });
  ledger.topUpFund({ ...usd(1), account: "dao", fund: "insurance", assets: 100n });
  ledger.borrow({ ...usd(2), account: "bob", assets: 500n });
  return ledger;
}

const claim = (ledger: ReturnType<typeof openLedger>) => ledger.classes("usd")[0]?.assets;

describe("a provisional write-off", () => {
  it("charges the layers, keeps the debt owed, and is undone to the unit", () => {
    const ledger = lent();
    const before = { view: ledger.view("usd"), balance: ledger.trialBalance() };
    const { deficit, entry } = ledger.writeOff({ ...usd(3), account: "bob", provisional: true });
    expect(ledger.debt("usd", "bob").assets).toBe(500n);
    expect(ledger.journal.balance("usd", CHART.provision, "USD")).toBe(-500n);
    expect(claim(ledger)).toBe(600n);
    expect(ledger.fund("usd", "insurance")).toBe(0n);
    ledger.requireControls();
    const reversal = ledger.reverse({ ...usd(4), deficit });
    expect(reversal.entry.reverses).toBe(entry.sequence);
    expect(ledger.deficits.get(deficit).status).toBe("reversed");
    expect(ledger.view("usd")).toEqual(before.view);
    const balances = new Map(before.balance.map((row) => [row.account, row.balance]));
    for (const row of ledger.trialBalance()) expect(row.balance).toBe(balances.get(row.account) ?? 0n);
    expect(ledger.waterfallState("usd").layers.map((layer) => layer.taken)).toEqual([0n, 0n]);
  });

  it("is exact for an index that cannot be divided, even with the class half gone in between", () => {
    const ledger = lent({ shareRule: indexed({ divisor: 10n ** 12n }) });
    ledger.accrue({ ...usd(3), interest: 77n });
    const [before] = ledger.classes("usd");
    const { deficit } = ledger.writeOff({ ...usd(4), account: "bob", provisional: true });
    ledger.withdraw({ ...usd(5), account: "ben", assets: "all" });
    ledger.reverse({ ...usd(6), deficit });
    const [after] = ledger.classes("usd");
    expect(after?.index).toBe(before?.index);
    expect(after?.assets).toBe((600n * before!.index) / 10n ** 12n);
    ledger.requireControls();
  });

  it("gives those who stayed what those who left at the mark gave up", () => {
    const ledger = lent({ waterfall: plainWaterfall({ kind: "class", class: "main" }) });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob", provisional: true });
    expect(ledger.withdraw({ ...usd(4), account: "ben", assets: "all" }).assets).toBe(200n);
    ledger.reverse({ ...usd(5), deficit });
    // 300 at the mark and all of the 500 taken back.
    expect(ledger.holding("usd", "ana").assets).toBe(800n);
    ledger.requireControls();
  });

  it("cancels the debt when it is realised, and only then", () => {
    const ledger = lent();
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob", assets: 300n, provisional: true });
    expect(refusal(() => ledger.recover({ ...usd(4), deficit, assets: 1n }))).toBe("SF_PROVISION");
    expect(ledger.realise({ ...usd(4), deficit }).assets).toBe(300n);
    expect(ledger.debt("usd", "bob").assets).toBe(200n);
    expect(ledger.view("usd")).toMatchObject({ deficitRealised: 300n, loans: 200n });
    expect(refusal(() => ledger.reverse({ ...usd(5), deficit }))).toBe("SF_PROVISION");
    ledger.requireControls();
  });

  it("cannot be realised for more than is still owed", () => {
    const ledger = lent();
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob", provisional: true });
    ledger.repay({ ...usd(4), account: "bob", assets: 1n });
    expect(() => ledger.realise({ ...usd(5), deficit })).toThrow('"bob" owes only 499 of the 500 marked');
    ledger.reverse({ ...usd(6), deficit });
    expect(claim(ledger)).toBe(1000n);
  });

  it("cannot be reversed while the pool cannot give a fund its cash back", () => {
    const ledger = lent();
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob", provisional: true });
    // Cash is 500 + 100 from the fund; all of it leaves.
    ledger.withdraw({ ...usd(4), account: "ana", assets: "all" });
    ledger.withdraw({ ...usd(4), account: "ben", assets: "all" });
    expect(refusal(() => ledger.reverse({ ...usd(5), deficit }))).toMatch(
      /SF_PROVISION|SF_INSUFFICIENT_CASH/,
    );
    expect(ledger.deficits.get(deficit).status).toBe("provisional");
  });

  it("counts once: what is marked cannot be written off again", () => {
    const ledger = lent();
    ledger.writeOff({ ...usd(3), account: "bob", assets: 450n, provisional: true });
    expect(refusal(() => ledger.writeOff({ ...usd(4), account: "bob", assets: 51n }))).toBe(
      "SF_INSUFFICIENT_BALANCE",
    );
    expect(ledger.writeOff({ ...usd(4), account: "bob" }).assets).toBe(50n);
    ledger.requireControls();
  });
});

describe("collateral still posted", () => {
  it("stands in the way of a realised write-off until the caller says what happens to it", () => {
    const ledger = lent();
    ledger.postCollateral({ ...usd(2), account: "bob", asset: "ETH", amount: 7n });
    const off = () => ledger.writeOff({ ...usd(3), account: "bob" });
    expect(off).toThrow('"bob" still has 7 ETH posted');
    expect(ledger.writeOff({ ...usd(3), account: "bob", collateral: "keep" }).assets).toBe(500n);
    expect(ledger.collateral("usd", "bob", "ETH")).toBe(7n);
  });

  it("shows as latent only where none is left", () => {
    const ledger = lent();
    expect(ledger.view("usd")).toMatchObject({ deficitLatent: 500n, backingWad: 5n * 10n ** 17n });
    ledger.postCollateral({ ...usd(2), account: "bob", asset: "ETH", amount: 7n });
    expect(ledger.view("usd")).toMatchObject({ deficitLatent: 0n, backingWad: 10n ** 18n });
  });
});

describe("liquidation", () => {
  const price = { numerator: 100n, denominator: 1n };
  const bonus = { collateral: [{ asset: "ETH", bonusBps: 500n }], closeFactorBps: 5000n };

  it("seizes the repaid value and the bonus, rounded down", () => {
    const ledger = lent(bonus);
    ledger.postCollateral({ ...usd(2), account: "bob", asset: "ETH", amount: 10n });
    const done = ledger.liquidate({
      ...usd(3),
      account: "bob",
      liquidator: "liz",
      asset: "ETH",
      repay: 250n,
      price,
    });
    // 250 · 1.05 / 100 = 2.625
    expect(done).toMatchObject({ repaid: 250n, seized: 2n });
    expect(ledger.debt("usd", "bob").assets).toBe(250n);
  });

  it("takes all that is posted for what it is worth where it is not enough", () => {
    const ledger = lent(bonus);
    ledger.postCollateral({ ...usd(2), account: "bob", asset: "ETH", amount: 1n });
    const done = ledger.liquidate({
      ...usd(3),
      account: "bob",
      liquidator: "liz",
      asset: "ETH",
      repay: 250n,
      price,
    });
    // 1 · 100 / 1.05 = 95.24, rounded up
    expect(done).toMatchObject({ repaid: 96n, seized: 1n });
    ledger.requireControls();
  });

  it("keeps to the close factor", () => {
    const ledger = lent(bonus);
    ledger.postCollateral({ ...usd(2), account: "bob", asset: "ETH", amount: 10n });
    const liquidate = () =>
      ledger.liquidate({ ...usd(3), account: "bob", liquidator: "liz", asset: "ETH", repay: 251n, price });
    expect(refusal(liquidate)).toBe("SF_CLOSE_FACTOR");
  });
});

describe("recoveries", () => {
  it("go to present holders, or to those who bore the loss, as the caller says", () => {
    const ledger = lent({ waterfall: plainWaterfall({ kind: "class", class: "main" }) });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob" });
    ledger.withdraw({ ...usd(4), account: "ben", assets: "all" });
    ledger.deposit({ ...usd(5), account: "cho", assets: 200n });
    ledger.recover({ ...usd(6), deficit, assets: 101n, holders: "loss-bearers" });
    expect(ledger.credited("usd", "ana")).toBe(61n);
    expect(ledger.credited("usd", "ben")).toBe(40n);
    expect(ledger.credited("usd", "cho")).toBe(0n);
    expect(ledger.claim({ ...usd(7), account: "ben" }).assets).toBe(40n);
    ledger.recover({ ...usd(8), deficit, assets: 100n });
    // Ana holds 600 of 1000 shares now, Cho 400.
    expect(ledger.holding("usd", "ana").assets).toBe(360n);
    expect(ledger.holding("usd", "cho").assets).toBe(240n);
    ledger.requireControls();
  });

  it("reach those who bore the loss where nobody holds the class any more", () => {
    const ledger = lent({ waterfall: plainWaterfall({ kind: "class", class: "main" }) });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob" });
    for (const account of ["ana", "ben"]) ledger.withdraw({ ...usd(4), account, assets: "all" });
    ledger.recover({ ...usd(5), deficit, assets: 10n });
    expect([ledger.credited("usd", "ana"), ledger.credited("usd", "ben")]).toEqual([6n, 4n]);
    ledger.requireControls();
  });

  it.each([
    ["reserves", CHART.reserves],
    ["treasury", CHART.treasury],
    ["borrower", CHART.payable],
  ] as const)("send what nobody lost to the %s", (recoveryExcess, account) => {
    const ledger = lent({ recoveryExcess });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob" });
    expect(ledger.recover({ ...usd(4), deficit, assets: 507n }).excess).toBe(7n);
    expect(ledger.journal.balance("usd", account, "USD")).toBe(-7n);
    expect(ledger.deficits.get(deficit)).toMatchObject({ recovered: 507n, excess: 7n });
    ledger.requireControls();
  });

  it("are refused over what was lost where that is the rule", () => {
    const ledger = lent({ recoveryExcess: "refuse" });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob" });
    expect(refusal(() => ledger.recover({ ...usd(4), deficit, assets: 501n }))).toBe("SF_AMOUNT");
    expect(ledger.recover({ ...usd(4), deficit, assets: 500n }).excess).toBe(0n);
  });

  it("pay the uncovered part in its place in the order", () => {
    const ledger = lent({ waterfall: plainWaterfall({ kind: "fund", fund: "insurance" }) });
    const { deficit, uncovered } = ledger.writeOff({ ...usd(3), account: "bob" });
    expect(uncovered).toBe(400n);
    const back = ledger.recover({ ...usd(4), deficit, assets: 450n });
    expect(back.slots.map(({ slot, restored }) => [slot, restored])).toEqual([
      ["uncovered", 400n],
      [layerId(0), 50n],
    ]);
    expect(ledger.journal.balance("usd", CHART.writeOff, "USD")).toBe(0n);
    const record = ledger.deficits.get(deficit);
    expect(record.uncovered).toBe(0n);
  });
});

describe("a carried deficit", () => {
  const carried = () => {
    const ledger = lent({
      waterfall: plainWaterfall(
        { kind: "carry" },
        { kind: "fund", fund: "insurance" },
        { kind: "class", class: "main" },
      ),
    });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob" });
    return { ledger, deficit };
  };

  it("stays an asset and costs nobody until it is covered", () => {
    const { ledger, deficit } = carried();
    expect(claim(ledger)).toBe(1000n);
    expect(ledger.haircuts(deficit)).toEqual([]);
    expect(ledger.view("usd")).toMatchObject({ deficitCarried: 500n, backingWad: 5n * 10n ** 17n });
    expect(ledger.solvency("usd")).toMatchObject({ assets: 500n, claims: 1000n, shortfall: 500n });
  });

  it("is covered by payers, funds, reserves and holders, who are paid back last one first", () => {
    const { ledger, deficit } = carried();
    ledger.addReserves({ ...usd(4), account: "dao", assets: 30n });
    ledger.cover({ ...usd(5), deficit, assets: 10n, by: { kind: "payer", account: "dao" } });
    ledger.cover({ ...usd(5), deficit, assets: 20n, by: { kind: "fund", fund: "insurance" } });
    ledger.cover({ ...usd(5), deficit, assets: 30n, by: { kind: "reserves" } });
    const burned = ledger.cover({
      ...usd(5),
      deficit,
      assets: 40n,
      by: { kind: "shares", class: "main", account: "ana" },
    });
    expect(burned.shares).toBe(40n);
    ledger.requireControls();
    expect(ledger.view("usd").deficitCarried).toBe(400n);
    const back = ledger.recover({ ...usd(6), deficit, assets: 490n });
    expect(back.slots.map(({ slot, restored }) => [slot, restored])).toEqual([
      [layerId(0), 400n],
      ["cover:holder:ana", 40n],
      ["cover:reserves", 30n],
      ["cover:fund:insurance", 20n],
    ]);
    expect(ledger.recover({ ...usd(7), deficit, assets: 11n }).excess).toBe(1n);
    expect(ledger.credited("usd", "dao")).toBe(10n);
    ledger.requireControls();
  });

  it("is covered by the layers below, all or nothing", () => {
    const { ledger, deficit } = carried();
    ledger.cover({ ...usd(4), deficit, assets: 250n, by: { kind: "waterfall" } });
    expect(ledger.fund("usd", "insurance")).toBe(0n);
    expect(claim(ledger)).toBe(850n);
    expect(ledger.deficits.get(deficit).layers.map(({ layer, taken }) => [layer, taken])).toEqual([
      [layerId(0), 250n],
      [layerId(1), 100n],
      [layerId(2), 150n],
    ]);
    expect(ledger.haircuts(deficit)[0]?.rows.map((row) => row.loss)).toEqual([90n, 60n]);
    expect(refusal(() => ledger.cover({ ...usd(5), deficit, assets: 251n, by: { kind: "reserves" } }))).toBe(
      "SF_INSUFFICIENT_BALANCE",
    );
    ledger.requireControls();
  });
});

describe("effects beyond funds and classes", () => {
  /** A policy that answers with fixed effects. */
  const scripted = (loss: readonly LossEffect[], back: readonly RecoveryEffect[] = []) => {
    const sum = (effects: readonly (LossEffect | RecoveryEffect)[]) =>
      effects.reduce((total, effect) => total + ("assets" in effect ? effect.assets : 0n), 0n);
    return definePolicy({
      id: "scripted",
      version: "1",
      title: "Scripted",
      parameters: { parse: () => ({}) },
      describe: () => "Does what the test says.",
      bearer: () => ({ kind: "account", id: "test" }),
      open: () => ({}),
      capacity: () => "unlimited",
      absorb: (view) => ({ taken: sum(loss), state: view.state, effects: loss, reason: "Scripted." }),
      recover: (view) => ({ restored: sum(back), state: view.state, effects: back, reason: "Scripted." }),
    });
  };
  const open = (loss: readonly LossEffect[], back: readonly RecoveryEffect[] = []) => {
    const ledger = createLedger({
      policies: [scripted(loss, back), ...plainPolicies],
      pools: [
        {
          id: "usd",
          asset: "USD",
          decimals: 6,
          classes: [{ id: "main" }],
          shareRule: plainTotals(),
          funds: [{ id: "insurance" }, { id: "stake", asset: "GOV", shareRule: plainTotals() }],
          collateral: [{ asset: "ETH" }],
          waterfall: {
            format: "shortfall-waterfall/1",
            id: "scripted",
            version: "1",
            layers: [{ id: "only", policy: "scripted", parameters: {} }],
          },
        },
      ],
    });
    ledger.deposit({ ...usd(1), account: "ana", assets: 600n });
    ledger.deposit({ ...usd(1), account: "ben", assets: 400n });
    ledger.topUpFund({ ...usd(1), account: "sta", fund: "stake", assets: 50n });
    ledger.topUpFund({ ...usd(1), account: "ker", fund: "stake", assets: 25n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 500n });
    return ledger;
  };
  const off = { ...usd(3), account: "bob" };

  it("burns a holder's shares, and shows it in the haircuts", () => {
    const ledger = open([{ kind: "burn-shares", class: "main", account: "ben", shares: 300n, assets: 300n }]);
    const { deficit, uncovered } = ledger.writeOff(off);
    expect(uncovered).toBe(200n);
    expect(ledger.holding("usd", "ben")).toEqual({ shares: 100n, assets: 100n });
    expect(ledger.haircuts(deficit)[0]).toMatchObject({
      absorbed: 300n,
      rows: [
        { account: "ana", shares: 600n, loss: 0n },
        { account: "ben", shares: 400n, loss: 300n },
      ],
    });
    ledger.requireControls();
  });

  it("slashes stake in another asset, whose holders share it", () => {
    const ledger = open([{ kind: "slash-stake", fund: "stake", units: 31n, assets: 500n }]);
    const { deficit } = ledger.writeOff(off);
    expect(ledger.fund("usd", "stake")).toBe(44n);
    expect(ledger.haircuts(deficit)).toMatchObject([
      {
        bearer: "stake",
        asset: "GOV",
        absorbed: 31n,
        dust: 0n,
        rows: [
          { account: "sta", shares: 50n, loss: 21n },
          { account: "ker", shares: 25n, loss: 10n },
        ],
      },
    ]);
    expect(ledger.fundHolding("usd", "stake", "sta").assets).toBe(29n);
    ledger.requireControls();
  });

  it("charges members, who pay later or are refunded", () => {
    const ledger = open(
      [
        { kind: "charge", group: "members", account: "mia", assets: 300n },
        { kind: "charge", group: "members", account: "noa", assets: 200n },
      ],
      [{ kind: "refund", group: "members", account: "mia", assets: 250n }],
    );
    const groups = { members: { mia: 1000n, noa: 1000n } };
    const { deficit } = ledger.writeOff({ ...off, groups });
    expect(ledger.charged("usd", "mia")).toBe(300n);
    expect(ledger.solvency("usd")).toMatchObject({ assets: 1000n, claims: 1000n });
    ledger.settleCharge({ ...usd(4), account: "mia", assets: 100n });
    // 200 of the 250 were not paid yet; the rest is owed back.
    ledger.recover({ ...usd(5), deficit, assets: 250n, groups });
    expect([ledger.charged("usd", "mia"), ledger.credited("usd", "mia")]).toEqual([0n, 50n]);
    expect(ledger.haircuts(deficit)[0]).toMatchObject({ bearer: "members", absorbed: 500n });
    ledger.requireControls();
  });

  it("hands debt over, sells it, and gives collateral with it", () => {
    const ledger = open([
      { kind: "transfer-debt", to: "taker", assets: 200n },
      { kind: "sale", buyer: "buyer", assets: 300n },
      { kind: "give-collateral", asset: "ETH", to: "taker", amount: 2n },
    ]);
    ledger.postCollateral({ ...usd(2), account: "bob", asset: "ETH", amount: 3n });
    ledger.writeOff({ ...off, collateral: "give" });
    expect(ledger.debt("usd", "taker").assets).toBe(200n);
    expect(ledger.debt("usd", "bob").assets).toBe(0n);
    expect(ledger.collateral("usd", "bob", "ETH")).toBe(1n);
    expect(ledger.view("usd")).toMatchObject({ cash: 800n, loans: 200n });
    ledger.requireControls();
    const again = open([{ kind: "sale", buyer: "buyer", assets: 300n }]);
    expect(refusal(() => again.writeOff({ ...off, provisional: true }))).toBe("SF_UNSUPPORTED_EFFECT");
    expect(again.debt("usd", "bob").assets).toBe(500n);
  });

  it("marks an exit price without touching the claim", () => {
    const ledger = open(
      [{ kind: "mark", class: "main", assets: 500n }],
      [{ kind: "unmark", class: "main", assets: 500n }],
    );
    const { deficit } = ledger.writeOff(off);
    expect(ledger.classes("usd")[0]).toMatchObject({ assets: 1000n, marked: 500n });
    expect(ledger.sharePriceRay("usd")).toBe(5n * 10n ** 26n);
    expect(ledger.haircuts(deficit)[0]).toMatchObject({ basis: "implied", absorbed: 500n });
    // Ben leaves at half price; newcomers enter at it as well.
    expect(ledger.withdraw({ ...usd(4), account: "ben", assets: "all" }).assets).toBe(200n);
    expect(ledger.deposit({ ...usd(4), account: "cho", assets: 300n }).shares).toBe(600n);
    ledger.recover({ ...usd(5), deficit, assets: 500n });
    expect(ledger.holding("usd", "ana").assets).toBe(550n);
    expect(ledger.holding("usd", "cho").assets).toBe(550n);
    ledger.requireControls();
  });

  it("refuses a draw on a fund that holds another asset", () => {
    const ledger = open([{ kind: "draw-fund", fund: "stake", assets: 10n }]);
    expect(() => ledger.writeOff(off)).toThrow('fund "stake" holds GOV, which must be sold first');
  });
});

describe("the past", () => {
  it("stays readable at an epoch, whatever happened since", () => {
    const ledger = lent();
    const epoch = ledger.checkpoint("usd");
    ledger.transfer({ ...usd(3), account: "ana", to: "cho", shares: 600n });
    ledger.recapitalise({ ...usd(3), account: "dao", assets: 500n });
    expect(ledger.holdingAt("usd", epoch, "ana")).toEqual({ shares: 600n, assets: 600n });
    expect(ledger.holdingAt("usd", epoch, "cho").shares).toBe(0n);
    expect([...ledger.holders("usd", "main", epoch)].map((row) => row.account)).toEqual(["ana", "ben"]);
    expect([...ledger.holders("usd")].map((row) => [row.account, row.assets])).toEqual([
      ["ben", 600n],
      ["cho", 900n],
    ]);
    expect(() => ledger.holdingAt("usd", 9, "ana")).toThrow('There is no epoch "9". Use one of: 0.');
  });
});
