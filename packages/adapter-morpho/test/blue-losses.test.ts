import { CHART } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { liquidationIncentive } from "../src/blue/liquidation.js";
import { ADAPTIVE, ALICE, BOB, CAROL, LIQUIDATOR, ORACLE, OWNER, PAR, Scenario, WAD } from "./scenario.js";

/** Alice lends 900, Carol 100; Bob owes 700 against 1000 of collateral. */
function lent(): Scenario {
  const scenario = new Scenario();
  scenario.supply(ALICE, 900n * WAD);
  scenario.supply(CAROL, 100n * WAD);
  scenario.collateral(BOB, 1000n * WAD);
  scenario.borrow(BOB, 700n * WAD);
  return scenario;
}

describe("a liquidation that leaves no collateral", () => {
  it("writes the rest of the debt off against all lenders at once", () => {
    const scenario = lent();
    scenario.price(PAR / 2n);
    const logs = scenario.seize(BOB, 1000n * WAD);
    const { args } = logs.find(({ name }) => name === "Liquidate")!;
    const [writeOff] = scenario.model.writeOffs();
    expect(writeOff!.recomputed).toBe(args.badDebtAssets);
    expect(writeOff!.recomputed).toBe(700n * WAD - BigInt(String(args.repaidAssets)));
    expect(scenario.view.suppliers).toBe(1000n * WAD - writeOff!.recomputed);
    expect(scenario.view).toMatchObject({ loans: 0n, deficitLatent: 0n, backingWad: WAD });

    const [table] = scenario.model.haircuts(writeOff!.id);
    const loss = (account: string) => table!.rows.find((row) => row.account === account)!.loss;
    expect(loss(ALICE) + loss(CAROL) + table!.dust).toBe(writeOff!.recomputed);
    // Nine tenths of the shares bear nine tenths, to the wei of a rounding.
    const difference = loss(ALICE) - 9n * loss(CAROL);
    expect(difference >= -9n && difference <= 9n).toBe(true);
  });

  it("passes through the expense to the suppliers in the journal", () => {
    const scenario = lent();
    scenario.price(PAR / 2n);
    scenario.seize(BOB, 1000n * WAD);
    const [writeOff] = scenario.model.writeOffs();
    const kinds = scenario.model.journal
      .entries()
      .slice(-3)
      .map(({ kind }) => kind);
    expect(kinds).toEqual(["liquidate", "write-off", "socialise"]);
    const { postings } = scenario.model.journal.entries().at(-2)!;
    expect(postings.find(({ account }) => account === CHART.writeOff)?.amount).toBe(writeOff!.recomputed);
    expect(scenario.model.journal.balance(scenario.market, CHART.writeOff, "USD")).toBe(0n);
  });

  it("is weighed by who held shares then, not by who holds them now", () => {
    const scenario = lent();
    scenario.price(PAR / 2n);
    scenario.seize(BOB, 1000n * WAD);
    const { id } = scenario.model.writeOffs()[0]!;
    const before = scenario.model.haircuts(id);
    scenario.do("withdraw", CAROL, {
      assets: 10n * WAD,
      shares: 0n,
      onBehalf: CAROL,
      receiver: CAROL,
    });
    scenario.supply(OWNER, 5n * WAD);
    expect(scenario.model.haircuts(id)).toEqual(before);
  });

  it("takes all collateral for nothing at price 0", () => {
    const scenario = lent();
    scenario.price(0n);
    const { args } = scenario.seize(BOB, 1000n * WAD).find(({ name }) => name === "Liquidate")!;
    expect(args).toMatchObject({ repaidAssets: 0n, repaidShares: 0n, badDebtAssets: 700n * WAD });
    // Another debt in the same market: no repayment can be priced.
    scenario.price(PAR);
    scenario.supply(ALICE, 10n * WAD);
    scenario.collateral(CAROL, 10n * WAD);
    scenario.borrow(CAROL, 5n * WAD);
    scenario.price(0n);
    const byShares = { borrower: CAROL, seizedAssets: 0n, repaidShares: 1_000_000n };
    expect(scenario.try("liquidate", LIQUIDATOR, byShares)).toEqual({ ok: false, reason: "Panic(0x12)" });
  });

  it("writes nothing off when somebody has repaid for the borrower first", () => {
    const scenario = lent();
    scenario.do("repay", OWNER, {
      assets: 0n,
      shares: scenario.stored.borrow.get(scenario.model.state.accounts.find(BOB)!),
      onBehalf: BOB,
    });
    scenario.price(PAR / 2n);
    expect(
      scenario.try("liquidate", LIQUIDATOR, { borrower: BOB, seizedAssets: 1000n * WAD, repaidShares: 0n }),
    ).toEqual({ ok: false, reason: "position is healthy" });
    expect(scenario.model.writeOffs()).toEqual([]);
  });

  it("can leave a market whose shares are worth nothing, which then refuses deposits", () => {
    const scenario = new Scenario();
    scenario.supply(ALICE, 10n ** 30n);
    scenario.collateral(BOB, 10n ** 31n);
    scenario.borrow(BOB, 10n ** 30n);
    scenario.price(0n);
    scenario.seize(BOB, 10n ** 31n);
    expect(scenario.view).toMatchObject({ suppliers: 0n, loans: 0n, backingWad: WAD });
    expect(scenario.try("supply", ALICE, { assets: WAD, shares: 0n, onBehalf: ALICE })).toEqual({
      ok: false,
      reason: "max uint128 exceeded",
    });
  });
});

describe("one wei of collateral left", () => {
  it("keeps the debt alive: nothing is written off, the deficit is latent, the backing shows it", () => {
    const scenario = lent();
    scenario.price(PAR / 2n);
    scenario.seize(BOB, 1000n * WAD - 1n);
    expect(scenario.model.writeOffs()).toEqual([]);
    expect(scenario.view.deficitLatent).toBe(scenario.view.loans);
    expect(scenario.view.deficitLatent).toBeGreaterThan(200n * WAD);
    expect(scenario.view.suppliers).toBe(1000n * WAD);
    expect(scenario.view.backingWad).toBeLessThan(WAD);
    scenario.seize(BOB, 1n);
    expect(scenario.view).toMatchObject({ deficitLatent: 0n, backingWad: WAD, loans: 0n });
    expect(scenario.model.writeOffs()).toHaveLength(1);
  });

  it("counts a residue at its worth, where it has any", () => {
    const scenario = lent();
    scenario.price(PAR / 2n);
    scenario.seize(BOB, 1000n * WAD - 1000n);
    expect(scenario.view.deficitLatent).toBe(scenario.view.loans - 500n);
    scenario.price(PAR * 10n ** 17n);
    expect(scenario.view.deficitLatent).toBe(0n);
  });
});

describe("a repayment one wei above the debt", () => {
  it("stays in the contract under a name of its own", () => {
    const scenario = new Scenario();
    scenario.supply(ALICE, 1_000n);
    scenario.collateral(BOB, 1_000n);
    // One share at a time is worth a fraction of a wei; the debt rounds up when it is repaid.
    scenario.do("borrow", BOB, { assets: 0n, shares: 1n, onBehalf: BOB, receiver: BOB });
    const { args } = scenario.do("repay", BOB, { assets: 0n, shares: 1n, onBehalf: BOB })[0]!;
    expect(args.assets).toBe(1n);
    expect(scenario.stored.totalBorrowAssets).toBe(0n);
    expect(scenario.stored.surplus).toBe(1n);
    expect(scenario.view).toMatchObject({ cash: 1_001n, suppliers: 1_000n, reserves: 1n });
    expect(scenario.model.journal.balance(scenario.market, CHART.rounding("contract"), "USD")).toBe(-1n);
  });
});

describe("fees", () => {
  it("go to the recipient in force when interest is credited, not when it was earned", () => {
    const scenario = new Scenario(ADAPTIVE);
    scenario.do("setFee", OWNER, { fee: WAD / 10n });
    scenario.supply(ALICE, 1000n * WAD);
    scenario.collateral(BOB, 1000n * WAD);
    scenario.borrow(BOB, 700n * WAD);
    scenario.time += 86_400 * 30;
    scenario.do("setFeeRecipient", OWNER, { newFeeRecipient: CAROL });
    const logs = scenario.do("accrueInterest", ALICE);
    const { feeShares } = logs.find(({ name }) => name === "AccrueInterest")!.args;
    const { accounts } = scenario.model.state;
    expect(scenario.stored.supply.get(accounts.find(CAROL)!)).toBe(feeShares);
    expect(scenario.stored.supply.get(accounts.find(OWNER)!)).toBeLessThan(BigInt(String(feeShares)));
  });

  it("cannot be set by others, twice, or above a quarter", () => {
    const scenario = new Scenario();
    const set = (from: string, fee: bigint) => scenario.try("setFee", from, { fee });
    expect(set(ALICE, 1n)).toEqual({ ok: false, reason: "not owner" });
    expect(set(OWNER, 0n)).toEqual({ ok: false, reason: "already set" });
    expect(set(OWNER, WAD / 4n + 1n)).toEqual({ ok: false, reason: "max fee exceeded" });
    expect(set(OWNER, WAD / 4n).ok).toBe(true);
  });
});

describe("calls the contract refuses", () => {
  it.each([
    ["both amounts", "supply", { assets: 1n, shares: 1n, onBehalf: ALICE }, "inconsistent input"],
    ["no amount", "supply", { assets: 0n, shares: 0n, onBehalf: ALICE }, "inconsistent input"],
    [
      "the zero address",
      "supply",
      { assets: 1n, shares: 0n, onBehalf: `0x${"0".repeat(40)}` },
      "zero address",
    ],
    [
      "another's funds",
      "withdraw",
      { assets: 1n, shares: 0n, onBehalf: BOB, receiver: ALICE },
      "unauthorized",
    ],
    [
      "more than is held",
      "withdraw",
      { assets: 1n, shares: 0n, onBehalf: ALICE, receiver: ALICE },
      "Panic(0x11)",
    ],
    ["no collateral at all", "supplyCollateral", { assets: 0n, onBehalf: ALICE }, "zero assets"],
    [
      "a debt without collateral",
      "borrow",
      { assets: 1n, shares: 0n, onBehalf: ALICE, receiver: ALICE },
      "insufficient collateral",
    ],
    ["an unknown market", "accrueInterest", { market: `0x${"1".repeat(64)}` }, "market not created"],
    [
      "a market of an unknown LLTV",
      "createMarket",
      { loanToken: ORACLE, collateralToken: ORACLE, oracle: ORACLE, irm: ADAPTIVE, lltv: 5n },
      "LLTV not enabled",
    ],
    [
      "a market of an unknown rate model",
      "createMarket",
      { loanToken: ORACLE, collateralToken: ORACLE, oracle: ORACLE, irm: ORACLE, lltv: 5n },
      "IRM not enabled",
    ],
  ])("%s", (_, type, fields, reason) => {
    const scenario = new Scenario();
    const entries = scenario.model.journal.length;
    expect(scenario.try(type, ALICE, fields)).toEqual({ ok: false, reason });
    expect(scenario.model.journal.entries()).toHaveLength(entries);
    expect(scenario.view.suppliers).toBe(0n);
  });

  it("a malformed call is an error with its field, not a refusal", () => {
    const scenario = new Scenario();
    expect(() => scenario.try("supply", ALICE, { assets: "-1", shares: 0n, onBehalf: ALICE })).toThrowError(
      /assets/,
    );
    expect(() => scenario.try("rob", ALICE)).toThrowError(/type/);
  });
});

describe("a market created in the history", () => {
  it("starts at the curve's initial rate and works like any other", () => {
    const scenario = new Scenario();
    const parameters = {
      loanToken: LIQUIDATOR,
      collateralToken: ORACLE,
      oracle: ORACLE,
      irm: ADAPTIVE,
      lltv: (8n * WAD) / 10n,
    };
    const logs = scenario.do("createMarket", ALICE, parameters);
    expect(logs.map(({ name }) => name)).toEqual(["CreateMarket", "BorrowRateUpdate"]);
    expect(logs[1]!.args).toMatchObject({ rateAtTarget: 1_268_391_679n });
    expect(scenario.model.pools()).toHaveLength(2);
    expect(scenario.try("createMarket", ALICE, parameters)).toEqual({
      ok: false,
      reason: "market already created",
    });
  });
});

describe("liquidation incentive", () => {
  it("is capped at 15 % and falls to nothing at an LLTV of 1", () => {
    expect(liquidationIncentive(0n)).toBe((115n * WAD) / 100n);
    expect(liquidationIncentive((86n * WAD) / 100n)).toBe(1_043_841_336_116_910_229n);
    expect(liquidationIncentive(WAD)).toBe(WAD);
  });
});
