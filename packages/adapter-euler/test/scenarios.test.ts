import { CHART, type PredictedLog, type RecordedCall } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { EulerModel } from "../src/model.js";
import { readParameters } from "../src/parameters.js";
import { UNCONVERTED_FEES } from "../src/write-off.js";
import {
  at,
  BORROWERS,
  DAI,
  DAI_BORROWER,
  DAI_VAULT,
  EVC,
  FEE_RECEIVER,
  GOVERNOR,
  header,
  LENDERS,
  LIQUIDATOR,
  PROTOCOL_RECEIVER,
  START,
  snapshot,
  transactionOf,
  USDC,
  USDC_VAULT,
  WETH,
  WETH_VAULT,
} from "./world.js";

const MAX = `${(1n << 256n) - 1n}`;
const E18 = 10n ** 18n;
const [LENDER, OTHER_LENDER] = LENDERS;
const [BORROWER, NESTED_BORROWER] = BORROWERS;

/** A model that executes calls one after another. */
class World {
  readonly model: EulerModel;
  time = START;
  #count = 0;

  constructor(change: Readonly<Record<string, unknown>> = {}) {
    this.model = new EulerModel(readParameters(header(change)));
  }

  /** Logs of a call that must succeed. */
  run(call: RecordedCall): readonly PredictedLog[] {
    const execution = this.model.execute(call, this.position());
    if (!execution.ok) throw new Error(`${call.type}: ${execution.reason}`);
    return execution.logs;
  }

  /** Name of the refusal of a call that must not. */
  refusal(call: RecordedCall): string {
    const before = snapshot(this.model);
    const execution = this.model.execute(call, this.position());
    if (execution.ok) throw new Error(`${call.type} went through`);
    expect(snapshot(this.model)).toEqual(before);
    return execution.reason.split(":")[0]!;
  }

  position() {
    return { block: this.time - START, timestamp: this.time, transaction: `${this.#count++}` };
  }

  vault(address: string) {
    return this.model.state.vaultAt(address)!;
  }

  pool(address: string) {
    return this.model.pools().find((pool) => pool.pool === address)!;
  }
}

const act = (
  type: string,
  from: string,
  vault: string,
  amount: bigint | string,
  receiver = from,
): RecordedCall => ({
  type,
  from,
  receiver,
  vault,
  amount: `${amount}`,
});

const liquidate = (
  violator: string,
  collateral: string,
  change: Readonly<Record<string, unknown>> = {},
): RecordedCall => ({
  type: "liquidate",
  from: LIQUIDATOR,
  violator,
  collateral,
  vault: USDC_VAULT,
  repayAssets: MAX,
  minYield: "0",
  ...change,
});

const setPrice = (asset: string, price: bigint): RecordedCall => ({
  type: "setPrice",
  from: GOVERNOR,
  asset,
  price: `${price}`,
});

const batch = (...items: RecordedCall[]): RecordedCall => ({ type: "batch", from: GOVERNOR, items });

/** 1,000,000 USDC lent by one, 5 WETH pledged and 8,000 USDC owed by another, a liquidator with plenty. */
function indebted(change: Readonly<Record<string, unknown>> = {}): World {
  const world = new World(change);
  world.run(act("deposit", LENDER, USDC_VAULT, 10n ** 12n));
  world.run(act("deposit", LIQUIDATOR, WETH_VAULT, 10n ** 24n));
  world.run(act("deposit", BORROWER, WETH_VAULT, 5n * E18));
  world.run(act("borrow", BORROWER, USDC_VAULT, 8_000n * 10n ** 6n - 1n));
  return world;
}

const named = (logs: readonly PredictedLog[], name: string): PredictedLog[] =>
  logs.filter((log) => log.name === name);

describe("socialisation", () => {
  it("writes off what is left once the last collateral is gone, at the expense of every share", () => {
    const world = indebted();
    world.run(act("deposit", OTHER_LENDER, USDC_VAULT, 3n * 10n ** 12n));
    world.run(setPrice(WETH, 1_000n * E18));
    const before = world.pool(USDC_VAULT);
    const logs = world.run(liquidate(BORROWER, WETH_VAULT));
    const [loss] = named(logs, "DebtSocialized");
    const assets = loss!.args.assets as bigint;
    // 5,000 of collateral at the largest discount of 15 % buys 4,250 of debt.
    expect(assets).toBe(8_000n * 10n ** 6n - 1n - 4_250n * 10n ** 6n);
    const after = world.pool(USDC_VAULT);
    expect(after.cash).toBe(before.cash);
    expect(before.loans - after.loans).toBe(assets);
    expect(after.deficitRealised).toBe(assets);
    expect(before.suppliers - after.suppliers).toBeLessThanOrEqual(assets);
    const [writeOff] = world.model.writeOffs();
    expect(writeOff).toMatchObject({
      account: BORROWER,
      reported: assets,
      recomputed: assets,
      uncovered: 0n,
      layers: [{ layer: "holders", policy: "pro-rata", amount: assets }],
    });
    const [table] = world.model.haircuts(writeOff!.id);
    const rows = Object.fromEntries(table!.rows.map((row) => [row.account, row.loss]));
    const weight = 4n * 10n ** 12n + 1_000_000n;
    expect(rows).toEqual({
      [LENDER]: (assets * 10n ** 12n) / weight,
      [OTHER_LENDER]: (assets * 3n * 10n ** 12n) / weight,
    });
    expect(table!.dust).toBe(assets - rows[LENDER]! - rows[OTHER_LENDER]!);
  });

  it("is told three times by the logs and counted once", () => {
    const world = indebted();
    world.run(setPrice(WETH, 1_000n * E18));
    const logs = world.run(liquidate(BORROWER, WETH_VAULT));
    const assets = named(logs, "DebtSocialized")[0]!.args.assets;
    const echo = named(logs, "Withdraw");
    expect(echo.map((log) => [log.args.owner, log.args.receiver, log.args.assets, log.args.shares])).toEqual([
      [at(0), at(0), assets, 0n],
    ]);
    expect(named(logs, "Repay").map((log) => log.args.assets)).toEqual([4_250n * 10n ** 6n, assets]);
    const entries = world.model.journal.entries().filter((entry) => entry.deficit !== undefined);
    expect(entries).toHaveLength(1);
    const moved = (account: string) =>
      entries[0]!.postings
        .filter((posting) => posting.account === account)
        .reduce((sum, posting) => sum + posting.amount, 0n);
    expect(moved(CHART.cash)).toBe(0n);
    expect(moved(CHART.loans)).toBe(-(assets as bigint));
    // What stays in the expense account is the virtual deposit's share.
    expect(moved(CHART.writeOff)).toBe((assets as bigint) - moved(CHART.suppliers("shares")));
  });

  it("needs a debt worth a million units of account", () => {
    for (const [price, written] of [
      [10n ** 18n / 8_000n, 0],
      [10n ** 18n / 7_999n + 1n, 1],
    ] as const) {
      const world = indebted();
      // 7,999,999,999 base units of debt; at this price worth just under, or just over, a million.
      world.run(setPrice(USDC, price));
      world.run(setPrice(WETH, 0n));
      world.run(setPrice(DAI, 10n ** 24n));
      world.run(act("deposit", LIQUIDATOR, DAI_VAULT, 10n ** 24n));
      const logs = world.run(liquidate(BORROWER, WETH_VAULT));
      expect(named(logs, "DebtSocialized")).toHaveLength(written);
      // Worthless collateral is given away without repaying anything.
      expect(named(logs, "Liquidate")[0]!.args).toMatchObject({ repayAssets: 0n, yieldBalance: 5n * E18 });
      expect(world.pool(USDC_VAULT).deficitLatent).toBe(written === 1 ? 0n : 7_999_999_999n);
    }
  });

  it("is forbidden by the flag until the flag is gone, and then any empty collateral will do", () => {
    const world = indebted();
    const flag = (flags: string): RecordedCall => ({
      type: "setConfigFlags",
      from: GOVERNOR,
      vault: USDC_VAULT,
      flags,
    });
    world.run(flag("1"));
    world.run(setPrice(WETH, 1_000n * E18));
    expect(named(world.run(liquidate(BORROWER, WETH_VAULT)), "DebtSocialized")).toEqual([]);
    const stuck = world.pool(USDC_VAULT).deficitLatent;
    expect(stuck).toBe(3_750n * 10n ** 6n - 1n);
    expect(world.pool(USDC_VAULT).backingWad).toBeLessThan(10n ** 18n);
    world.time += 86_400;
    world.run(flag("0"));
    const logs = world.run(liquidate(BORROWER, DAI_VAULT));
    const written = named(logs, "DebtSocialized")[0]!.args.assets as bigint;
    expect(written).toBeGreaterThan(stuck);
    expect(world.pool(USDC_VAULT)).toMatchObject({ deficitLatent: 0n, deficitRealised: written });
  });

  it("waits for every recognised collateral, worthless or not", () => {
    const world = indebted();
    world.run(act("deposit", BORROWER, DAI_VAULT, 10n));
    world.run(setPrice(WETH, 1_000n * E18));
    world.run(setPrice(DAI, 0n));
    expect(named(world.run(liquidate(BORROWER, WETH_VAULT)), "DebtSocialized")).toEqual([]);
    expect(world.pool(USDC_VAULT).deficitLatent).toBe(0n);
    expect(named(world.run(liquidate(BORROWER, DAI_VAULT)), "DebtSocialized")).toHaveLength(1);
  });

  it("leaves uncovered what the pool's own total had lost to rounding", () => {
    const base = header();
    const state = base.initialState as Record<string, Record<string, Record<string, unknown>>>;
    const unit = 1n << 31n;
    const row = (shares: bigint, owed: bigint) => ({
      shares: `${shares}`,
      owed: `${owed}`,
      interestAccumulator: `${owed === 0n ? 0n : 10n ** 27n}`,
    });
    const totals = { totalShares: "5", totalBorrowsOwed: `${5n * unit}` };
    const initialState = {
      ...state,
      vaults: { ...state.vaults, [USDC_VAULT]: { ...state.vaults![USDC_VAULT], ...totals } },
      accounts: {
        ...state.accounts,
        [USDC_VAULT]: { [LENDER]: row(5n, 0n), [BORROWER]: row(0n, 5n * unit + 1n) },
      },
    };
    const model = new EulerModel(readParameters({ ...base, initialState }));
    const execution = model.execute(liquidate(BORROWER, WETH_VAULT), { block: 1, timestamp: START });
    expect(execution.ok).toBe(true);
    const [writeOff] = model.writeOffs();
    expect(writeOff).toMatchObject({ reported: 6n, recomputed: 6n, uncovered: 1n });
    expect(writeOff!.layers.map((layer) => layer.amount)).toEqual([5n]);
    expect(model.haircuts(writeOff!.id)[0]).toMatchObject({ absorbed: 5n, dust: 5n });
    expect(model.pools()[0]).toMatchObject({ loans: 0n, cash: 0n });
    const repaid = new EulerModel(readParameters({ ...base, initialState }));
    const call = act("repay", LENDER, USDC_VAULT, MAX, BORROWER);
    expect(repaid.execute(call, { block: 1, timestamp: START }).ok).toBe(true);
    expect(repaid.pools()[0]).toMatchObject({ loans: 0n, cash: 6n });
  });

  it("charges fees that nobody converted as well", () => {
    const world = indebted();
    world.time += 30_000_000;
    world.run(setPrice(WETH, 1_000n * E18));
    world.run(liquidate(BORROWER, WETH_VAULT));
    const [table] = world.model.haircuts(world.model.writeOffs()[0]!.id);
    const fees = table!.rows.find((row) => row.account === UNCONVERTED_FEES)!;
    expect(fees.shares).toBeGreaterThan(0n);
    expect(table!.rows.reduce((sum, row) => sum + row.loss, table!.dust)).toBe(table!.absorbed);
  });
});

describe("nested vaults", () => {
  it("lower the health of those who borrow against a vault that lost, in the same second", () => {
    const world = indebted({
      controllers: Object.fromEntries([
        ...[...BORROWERS].map((account) => [account, USDC_VAULT]),
        ...[DAI_BORROWER, LIQUIDATOR].map((account) => [account, DAI_VAULT]),
      ]),
    });
    world.run(act("deposit", NESTED_BORROWER, DAI_VAULT, 20_000n * E18));
    world.run(act("borrow", NESTED_BORROWER, USDC_VAULT, 15_000n * 10n ** 6n));
    world.run(act("deposit", DAI_BORROWER, WETH_VAULT, 10n * E18));
    world.run(act("borrow", DAI_BORROWER, DAI_VAULT, 15_000n * E18));
    const spare = act("redeem", NESTED_BORROWER, DAI_VAULT, 1_000n * E18);
    world.run(spare);
    world.run(setPrice(WETH, 500n * E18));
    world.run(liquidate(DAI_BORROWER, WETH_VAULT, { vault: DAI_VAULT }));
    expect(world.pool(DAI_VAULT).deficitRealised).toBeGreaterThan(10_000n * E18);
    expect(world.refusal(act("redeem", NESTED_BORROWER, DAI_VAULT, 1n * E18))).toBe("E_AccountLiquidity");
  });
});

describe("refusals", () => {
  it("come in the order and with the names of the contracts", () => {
    const world = indebted();
    const refuse = (call: RecordedCall) => world.refusal(call);
    expect(refuse(liquidate(BORROWER, WETH_VAULT, { from: LENDER }))).toBe("E_ControllerDisabled");
    expect(refuse(liquidate(LIQUIDATOR, WETH_VAULT))).toBe("E_SelfLiquidation");
    expect(refuse(liquidate(BORROWER, USDC_VAULT))).toBe("E_BadCollateral");
    expect(refuse(liquidate(LENDER, WETH_VAULT))).toBe("E_NoLiability");
    expect(refuse(liquidate(DAI_BORROWER, WETH_VAULT))).toBe("E_NotController");
    expect(refuse(liquidate(BORROWER, WETH_VAULT, { repayAssets: "1" }))).toBe("E_ExcessiveRepayAmount");
    expect(refuse(liquidate(BORROWER, WETH_VAULT, { minYield: "1" }))).toBe("E_MinYield");
    expect(refuse(act("deposit", LENDER, USDC_VAULT, 1n << 112n))).toBe("E_AmountTooLargeToEncode");
    expect(refuse(act("withdraw", LENDER, USDC_VAULT, 10n ** 12n))).toBe("E_InsufficientCash");
    expect(refuse(act("withdraw", OTHER_LENDER, USDC_VAULT, 1n))).toBe("E_InsufficientBalance");
    expect(refuse(act("deposit", LENDER, USDC_VAULT, 1n, at(0)))).toBe("E_BadSharesReceiver");
    expect(refuse(act("withdraw", LENDER, USDC_VAULT, 1n, at(0)))).toBe("E_BadAssetReceiver");
    expect(refuse(act("skim", LENDER, USDC_VAULT, 1n))).toBe("E_InsufficientAssets");
    expect(refuse(act("repay", LENDER, USDC_VAULT, 10n ** 11n, BORROWER))).toBe("E_RepayTooMuch");
    expect(refuse(act("borrow", BORROWER, USDC_VAULT, 10n ** 12n))).toBe("E_InsufficientCash");
    expect(refuse(act("borrow", BORROWER, USDC_VAULT, 1n))).toBe("E_AccountLiquidity");
    expect(refuse(act("transfer", BORROWER, WETH_VAULT, 10n ** 9n, LENDER))).toBe("E_AccountLiquidity");
    expect(refuse(act("transfer", LENDER, USDC_VAULT, 1n))).toBe("E_SelfTransfer");
    const pull = { type: "pullDebt", from: LIQUIDATOR, vault: USDC_VAULT, debtor: BORROWER };
    expect(refuse({ ...pull, amount: `${10n ** 11n}` })).toBe("E_InsufficientDebt");
    expect(refuse({ ...pull, debtor: LIQUIDATOR, amount: "1" })).toBe("E_SelfTransfer");
    const fee = { type: "setInterestFee", from: GOVERNOR, vault: USDC_VAULT, fee: "999" };
    expect(refuse(fee)).toBe("E_BadFee");
    expect(refuse({ ...fee, from: LENDER })).toBe("E_Unauthorized");
  });

  it("spell the selector too", () => {
    const execution = indebted().model.execute(act("borrow", BORROWER, USDC_VAULT, 1n), {
      block: 0,
      timestamp: START,
    });
    expect(execution).toEqual({ ok: false, reason: "E_AccountLiquidity:0x34373fbc" });
  });
});

describe("batches", () => {
  it("check health once, at the end", () => {
    const world = indebted();
    const tooMuch = act("borrow", BORROWER, USDC_VAULT, 5_000n * 10n ** 6n);
    expect(world.refusal(batch(tooMuch))).toBe("E_AccountLiquidity");
    const logs = world.run(batch(tooMuch, act("deposit", BORROWER, WETH_VAULT, 10n * E18)));
    expect(named(logs, "VaultStatus").map((log) => log.address)).toEqual([USDC_VAULT, WETH_VAULT]);
    expect(logs.slice(-2).map((log) => log.name)).toEqual(["VaultStatus", "VaultStatus"]);
  });

  it("protect a violator whose own check is still due", () => {
    const world = indebted();
    world.run(setPrice(WETH, 1_000n * E18));
    const call = batch(act("redeem", BORROWER, WETH_VAULT, 1n), liquidate(BORROWER, WETH_VAULT));
    expect(world.refusal(call)).toBe("E_ViolatorLiquidityDeferred");
  });

  it("are undone as a whole", () => {
    const world = indebted();
    const call = batch(act("deposit", LENDER, USDC_VAULT, 5n), act("withdraw", OTHER_LENDER, USDC_VAULT, 5n));
    expect(world.refusal(call)).toBe("E_InsufficientBalance");
  });
});

describe("fees", () => {
  it("go to governor and protocol in halves, the odd share to the protocol", () => {
    const world = indebted();
    world.time += 30_000_000;
    const logs = world.run({ type: "convertFees", from: LENDER, vault: USDC_VAULT });
    const { governorShares, protocolShares } = named(logs, "ConvertFees")[0]!.args as Record<string, bigint>;
    expect(protocolShares! - governorShares!).toBeLessThanOrEqual(1n);
    expect(protocolShares! >= governorShares!).toBe(true);
    const { shares, accumulatedFees } = world.vault(USDC_VAULT);
    expect(accumulatedFees).toBe(0n);
    const held = (account: string) => shares.get(world.model.state.accounts.find(account)!);
    expect([held(FEE_RECEIVER), held(PROTOCOL_RECEIVER)]).toEqual([governorShares, protocolShares]);
  });

  it("of the past pay the rate of the past", () => {
    const world = indebted();
    world.time += 1_000_000;
    const rate = world.vault(USDC_VAULT).interestRate;
    const logs = world.run({ type: "setInterestFee", from: GOVERNOR, vault: USDC_VAULT, fee: "10000" });
    expect(logs.map((log) => log.name)).toEqual(["VaultStatus", "GovSetInterestFee"]);
    expect(logs[0]!.args.interestRate).toBe(rate);
    expect(world.vault(USDC_VAULT).accumulatedFees).toBeGreaterThan(0n);
  });
});

describe("LTV", () => {
  it("ramps the liquidation threshold down and the borrowing one at once", () => {
    const world = indebted();
    const set = (change: Readonly<Record<string, unknown>>): RecordedCall => ({
      type: "setLTV",
      from: GOVERNOR,
      vault: USDC_VAULT,
      collateral: WETH_VAULT,
      borrowLTV: "4000",
      liquidationLTV: "4500",
      rampDuration: "1000",
      ...change,
    });
    expect(world.refusal(set({ borrowLTV: "4501" }))).toBe("E_LTVBorrow");
    expect(world.refusal(set({ liquidationLTV: "8500" }))).toBe("E_LTVLiquidation");
    expect(world.refusal(set({ collateral: USDC_VAULT }))).toBe("E_InvalidLTVAsset");
    expect(world.refusal(set({ liquidationLTV: "10001" }))).toBe("E_ConfigAmountTooLargeToEncode");
    const logs = world.run(set({}));
    expect(logs[0]!.args).toMatchObject({
      initialLiquidationLTV: 8_500n,
      targetTimestamp: BigInt(START + 1_000),
    });
    const idle = { repayAssets: 0n, yieldBalance: 0n };
    expect(named(world.run(liquidate(BORROWER, WETH_VAULT)), "Liquidate")[0]!.args).toMatchObject(idle);
    world.time += 1_000;
    const due = named(world.run(liquidate(BORROWER, WETH_VAULT)), "Liquidate")[0]!.args;
    expect(due.repayAssets).toBeGreaterThan(0n);
  });
});

describe("observation", () => {
  /** A second model that has seen everything the first one did. */
  function watched(change?: (call: RecordedCall) => RecordedCall): { world: World; watcher: EulerModel } {
    const watcher = new EulerModel(readParameters(header()));
    const world = new World();
    for (const call of [
      act("deposit", LENDER, USDC_VAULT, 10n ** 12n),
      act("deposit", LIQUIDATOR, WETH_VAULT, 10n ** 24n),
      act("deposit", BORROWER, WETH_VAULT, 5n * E18),
      act("borrow", BORROWER, USDC_VAULT, 8_000n * 10n ** 6n - 1n),
    ]) {
      watcher.observe(transactionOf(world.run(change ? change(call) : call), START));
    }
    expect(snapshot(watcher)).toEqual(snapshot(world.model));
    return { world, watcher };
  }

  it("reports a write-off of another amount beside its own figure", () => {
    const { world, watcher } = watched();
    world.run(setPrice(WETH, 1_000n * E18));
    const logs = world
      .run(liquidate(BORROWER, WETH_VAULT))
      .map((log) =>
        log.name === "DebtSocialized"
          ? { ...log, args: { ...log.args, assets: (log.args.assets as bigint) + 1n } }
          : log,
      );
    const prices = [{ subject: WETH, price: 1_000n * E18 }];
    const { findings } = watcher.observe({ ...transactionOf(logs, START), prices });
    expect(findings.map((finding) => [finding.field, finding.severity])).toEqual([
      ["DebtSocialized.assets", "differs"],
    ]);
    const [writeOff] = watcher.writeOffs();
    expect(writeOff!.reported).toBe(writeOff!.recomputed + 1n);
    expect(snapshot(watcher)).toEqual(snapshot(world.model));
  });

  it("takes a liquidation at prices it was not told, and says that its rules do not fit", () => {
    const { world, watcher } = watched();
    world.run(setPrice(WETH, 1_000n * E18));
    const { findings, operations } = watcher.observe(
      transactionOf(world.run(liquidate(BORROWER, WETH_VAULT)), START),
    );
    expect(operations.map((operation) => operation.kind)).toEqual(["liquidate", "status", "status"]);
    expect(findings.map((finding) => finding.field)).toEqual(["Liquidate.repayAssets"]);
    expect(snapshot(watcher)).toEqual(snapshot(world.model));
  });

  it("tells skimming, repaying with shares, and donating from their likes", () => {
    const { world, watcher } = watched();
    const kinds = (call: RecordedCall) => {
      const { findings, operations } = watcher.observe(transactionOf(world.run(call), START));
      expect(findings).toEqual([]);
      expect(snapshot(watcher)).toEqual(snapshot(world.model));
      return operations.map((operation) => operation.kind).filter((kind) => kind !== "status");
    };
    const gift = { type: "donate", from: LENDER, vault: USDC_VAULT, amount: "70" };
    expect(kinds(gift)).toEqual(["token-transfer"]);
    expect(kinds(act("skim", OTHER_LENDER, USDC_VAULT, 30n))).toEqual(["skim"]);
    expect(kinds(batch(gift, act("skim", EVC, USDC_VAULT, 70n)))).toEqual(["deposit"]);
    expect(kinds(act("repayWithShares", LENDER, USDC_VAULT, 40n, BORROWER))).toEqual(["repay-with-shares"]);
    const both = batch(
      act("withdraw", LENDER, USDC_VAULT, 40n),
      act("repay", LENDER, USDC_VAULT, 40n, BORROWER),
    );
    expect(kinds(both)).toEqual(["withdraw", "repay"]);
  });

  it("follows the connector and governance", () => {
    const { world, watcher } = watched();
    const see = (name: string, address: string, args: PredictedLog["args"]) =>
      watcher.observe(transactionOf([{ name, address, args }], START)).findings;
    expect(
      see("CollateralStatus", EVC, { account: BORROWER, collateral: DAI_VAULT, enabled: false }),
    ).toEqual([]);
    expect(watcher.state.connector.collaterals(BORROWER)).toEqual([WETH_VAULT]);
    expect(see("ControllerStatus", EVC, { account: LENDER, controller: USDC_VAULT, enabled: true })).toEqual(
      [],
    );
    expect(watcher.state.connector.controllers(LENDER)).toEqual([USDC_VAULT]);
    expect(see("GovSetMaxLiquidationDiscount", USDC_VAULT, { newDiscount: 1_000n })).toEqual([]);
    expect(watcher.state.vaultAt(USDC_VAULT)!.settings.maxLiquidationDiscount).toBe(1_000n);
    expect(see("GovSetFeeReceiver", USDC_VAULT, { newFeeReceiver: at(0) })).toEqual([]);
    expect(see("GovSetCaps", USDC_VAULT, { newSupplyCap: 1n, newBorrowCap: 2n })).toEqual([]);
    const status = world.run({ type: "touch", from: LENDER, vault: USDC_VAULT })[0]!;
    const rate = { ...status, args: { ...status.args, interestRate: 5n } };
    const model = {
      name: "GovSetInterestRateModel",
      address: USDC_VAULT,
      args: { newInterestRateModel: at(9) },
    };
    const { findings } = watcher.observe(transactionOf([rate, model], START));
    expect(findings.map((finding) => finding.severity)).toEqual(["note"]);
    expect(watcher.state.vaultAt(USDC_VAULT)!.interestRate).toBe(5n);
  });

  it("lets a flash loan pass and nothing else that takes tokens away", () => {
    const { watcher } = watched();
    const move = (from: string, to: string): PredictedLog => ({
      address: USDC,
      name: "Transfer",
      args: { from, to, value: 1_000n },
    });
    const out = move(USDC_VAULT, LENDER);
    const before = snapshot(watcher);
    expect(watcher.observe(transactionOf([out, move(LENDER, USDC_VAULT)], START)).findings).toEqual([]);
    expect(snapshot(watcher)).toEqual(before);
    const { findings } = watcher.observe(transactionOf([out], START));
    expect(findings.map((finding) => finding.class)).toEqual(["unsupported-token"]);
    expect(snapshot(watcher)).toEqual(before);
  });

  it("misses a status that should have come", () => {
    const { world, watcher } = watched();
    const logs = world.run(act("deposit", LENDER, USDC_VAULT, 5n)).slice(0, -1);
    const { findings } = watcher.observe(transactionOf(logs, START));
    expect(findings.map((finding) => finding.class)).toEqual(["missing-event"]);
  });

  it("takes the connector's changes back with a transaction that does not fit", () => {
    const { watcher } = watched();
    const change = {
      name: "CollateralStatus",
      address: EVC,
      args: { account: BORROWER, collateral: WETH_VAULT, enabled: false },
    };
    const burn = { name: "Repay", address: USDC_VAULT, args: { account: BORROWER, assets: 1n } };
    expect(watcher.observe(transactionOf([change, burn], START)).operations).toEqual([]);
    expect(watcher.state.connector.collaterals(BORROWER)).toEqual([WETH_VAULT, DAI_VAULT]);
  });

  it("keeps nothing of a transaction that reverted, whatever logs are shown", () => {
    const { world, watcher } = watched();
    const before = snapshot(watcher);
    const logs = world.run(act("deposit", LENDER, USDC_VAULT, 5n));
    const { findings } = watcher.observe({ ...transactionOf(logs, START), reverted: true });
    expect(findings.map((finding) => finding.class)).toEqual(["unreadable"]);
    expect(snapshot(watcher)).toEqual(before);
  });

  it("finds a contract it was not told of", () => {
    const { watcher } = watched();
    const stray = { address: at(0xdead), name: "Transfer", args: { from: at(1), to: at(2), value: 1n } };
    const { findings } = watcher.observe(transactionOf([stray], START));
    expect(findings.map((finding) => [finding.class, finding.severity])).toEqual([
      ["unreadable", "incomplete"],
    ]);
  });
});

it("keeps prices that the oracle's own arithmetic cannot hold as a panic", () => {
  const world = indebted();
  world.run(setPrice(WETH, (1n << 256n) - 1n));
  expect(world.refusal(act("borrow", BORROWER, USDC_VAULT, 1n))).toBe("Panic(0x11)");
});
