import { CHART, type PriceUpdate, type RecordedCall } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { describe, expect, it } from "vitest";
import { CometModel } from "../../src/comet/model.js";
import {
  ALICE,
  BASE,
  BOB,
  CAROL,
  COMET,
  encodeLog,
  GENESIS_TIME,
  GOLD,
  GOVERNOR,
  LIQUIDATOR,
  smallMarket,
} from "./history.js";

/** Drives a market by calls at one second, so that no interest blurs the figures. */
function scenario() {
  const model = new CometModel(smallMarket({ borrowPerSecondInterestRateBase: "0" }));
  let block = 1;
  const run = (call: RecordedCall) => {
    block++;
    const execution = model.execute(call, { block, timestamp: GENESIS_TIME, transaction: `tx${block}` });
    if (!execution.ok) throw new Error(execution.reason);
    return execution.logs;
  };
  const balance = (account: string, commodity = BASE): bigint =>
    model.journal.balance(COMET, account, commodity);
  return { model, run, balance };
}

const supply = (from: string, asset: string, amount: bigint): RecordedCall => ({
  type: "supply",
  from,
  dst: from,
  asset,
  amount: `${amount}`,
});
const borrow = (from: string, amount: bigint): RecordedCall => ({
  type: "withdraw",
  from,
  to: from,
  asset: BASE,
  amount: `${amount}`,
});
const price = (asset: string, value: bigint): RecordedCall => ({
  type: "setPrice",
  from: GOVERNOR,
  asset,
  price: `${value}`,
});
const absorb = (account: string): RecordedCall => ({
  type: "absorb",
  from: LIQUIDATOR,
  absorber: LIQUIDATOR,
  accounts: [account],
});
const E6 = 1_000_000n;

/** Bob owes 8,000 against 100 gold; at 50 USD a gold the credit is 4,750 and 3,250 are lost. */
function crashed() {
  const { model, run, balance } = scenario();
  run(supply(ALICE, BASE, 9_000n * E6));
  run(supply(CAROL, BASE, 1_000n * E6));
  run(supply(BOB, GOLD, 100n * WAD));
  run(borrow(BOB, 8_000n * E6));
  run(price(GOLD, 50n * 10n ** 8n));
  const logs = run(absorb(BOB));
  return { model, run, balance, logs };
}

describe("an absorb that falls short", () => {
  it("reports shortfall, credit and the effect on reserves", () => {
    const { model } = crashed();
    const [absorption] = model.absorptions;
    expect(absorption!.figures).toMatchObject({
      account: BOB,
      oldBalance: -8_000n * E6,
      collateralCredit: 4_750n * E6,
      newBalance: 0n,
      basePaidOut: 8_000n * E6,
      shortfall: 3_250n * E6,
      reportedShortfall: 3_250n * E6,
      reservesBefore: 1_000n * E6,
      reservesAfter: -7_000n * E6,
    });
    const [writeOff] = model.writeOffs();
    expect(writeOff).toMatchObject({
      id: `tx7:1:${BOB}`,
      account: BOB,
      reported: 3_250n * E6,
      recomputed: 3_250n * E6,
      uncovered: 0n,
      layers: [{ layer: "reserves", policy: "reserve", amount: 3_250n * E6 }],
    });
  });

  it("is a loss in the journal, while the credit buys the collateral", () => {
    const { model, balance } = crashed();
    expect(balance(CHART.writeOff)).toBe(3_250n * E6);
    expect(balance(CHART.loans)).toBe(0n);
    expect(balance(CHART.reserves)).toBe(-1_000n * E6 + 4_750n * E6);
    expect(balance(CHART.collateral, GOLD)).toBe(100n * WAD);
    expect(balance(CHART.posted, GOLD)).toBe(0n);
    expect(balance(CHART.reserves, GOLD)).toBe(-100n * WAD);
    const [view] = model.pools();
    expect(view).toMatchObject({ reserves: -7_000n * E6, deficitRealised: 3_250n * E6, deficitCarried: 0n });
    expect(view!.backingWad).toBe((3n * WAD) / 10n);
  });

  it("gives implied haircuts of what the reserves before it could not pay, to the unit", () => {
    const { model } = crashed();
    const [table] = model.haircuts(`tx7:1:${BOB}`);
    expect(table).toMatchObject({ bearer: "base", basis: "implied", absorbed: 2_250n * E6, dust: 0n });
    expect(table!.rows.map(({ account, loss }) => [account, loss])).toEqual([
      [ALICE, 2_025n * E6],
      [CAROL, 225n * E6],
    ]);
  });

  it("keeps the holders of that moment, whoever leaves later", () => {
    const { model, run } = crashed();
    run(borrow(CAROL, 1_000n * E6));
    expect(model.haircuts(`tx7:1:${BOB}`)[0]!.rows.map(({ account }) => account)).toEqual([ALICE, CAROL]);
  });

  it("is recovered by what a sale brings beyond the credit, and by donations", () => {
    const { model, run, balance } = crashed();
    // 3 % below the price: 40 gold for 1,940, of which 1,900 repay the credit given for them.
    run({
      type: "buyCollateral",
      from: CAROL,
      recipient: CAROL,
      asset: GOLD,
      baseAmount: `${1_940n * E6}`,
      minAmount: "1",
    });
    expect(balance(CHART.recovery)).toBe(-40n * E6);
    expect(model.deficits.all()[0]).toMatchObject({ recognised: 3_250n * E6, recovered: 40n * E6 });
    run({ type: "donate", from: ALICE, asset: BASE, amount: `${10_000n * E6}` });
    expect(balance(CHART.donation)).toBe(-10_000n * E6);
    const [record] = model.deficits.all();
    expect(record).toMatchObject({ recovered: 3_250n * E6, uncovered: 0n });
    expect(record!.layers[0]!.restored).toBe(record!.layers[0]!.taken);
  });

  it("loses more when the collateral sells below its credit", () => {
    const { run, balance, model } = crashed();
    run(price(GOLD, 10n * 10n ** 8n));
    run({
      type: "buyCollateral",
      from: CAROL,
      recipient: CAROL,
      asset: GOLD,
      baseAmount: `${970n * E6}`,
      minAmount: "1",
    });
    expect(balance(CHART.recovery)).toBe(4_750n * E6 - 970n * E6);
    expect(model.deficits.all()[0]!.recovered).toBe(0n);
  });
});

describe("an absorb that leaves something", () => {
  it("turns the debtor into a supplier and writes nothing off", () => {
    const { model, run, balance } = scenario();
    run(supply(ALICE, BASE, 10_000n * E6));
    run(supply(BOB, GOLD, 100n * WAD));
    run(borrow(BOB, 8_000n * E6));
    run(price(GOLD, 90n * 10n ** 8n));
    const logs = run(absorb(BOB));
    expect(logs.map(({ name }) => name)).toEqual(["AbsorbCollateral", "AbsorbDebt", "Transfer"]);
    expect(model.writeOffs()).toEqual([]);
    expect(model.absorptions[0]!.figures).toMatchObject({ newBalance: 550n * E6, shortfall: 0n });
    expect(balance(CHART.writeOff)).toBe(0n);
    expect(() => model.haircuts("tx5:1:nobody")).toThrow(/no write-off has this id/);
  });
});

describe("a market whose prices nobody reports", () => {
  it("is observed to the same balances, and the shortfall follows from the logs", () => {
    const { logs } = crashed();
    const priced = crashed().model;
    const header = smallMarket({ borrowPerSecondInterestRateBase: "0" });
    const bare = { ...header, params: { ...(header.params as object), initialPrices: undefined } };
    const { model: source, run } = scenario();
    const model = new CometModel(bare);
    let block = 1;
    const observe = (call: RecordedCall, prices: readonly PriceUpdate[] = []) => {
      block++;
      const position = { block, timestamp: GENESIS_TIME, transaction: `tx${block}` };
      return model.observe({
        position,
        logs: run(call).map(encodeLog),
        reverted: false,
        touched: [],
        prices,
      }).findings;
    };
    for (const call of [
      supply(ALICE, BASE, 9_000n * E6),
      supply(CAROL, BASE, 1_000n * E6),
      supply(BOB, GOLD, 100n * WAD),
      borrow(BOB, 8_000n * E6),
      price(GOLD, 50n * 10n ** 8n),
      absorb(BOB),
    ]) {
      expect(observe(call)).toEqual([]);
    }
    expect(source.absorptions.length).toBe(1);
    expect(logs.length).toBe(2);
    const known = priced.absorptions[0]!.figures;
    expect(model.absorptions[0]!.figures).toMatchObject({
      collateralCredit: known.collateralCredit,
      shortfall: known.shortfall,
    });
    expect(model.pools()).toEqual(priced.pools());
  });
});
