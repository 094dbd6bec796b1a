import { CHART, type PredictedLog } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { marketId } from "../src/blue/market.js";
import { openRun } from "../src/blue/step.js";
import { MetaMorphoModel } from "../src/index.js";
import { enableMarket, leaveIdle, setWithdrawQueue, skim } from "../src/vault/operations.js";
import type { Vault } from "../src/vault/vault.js";
import {
  ADAPTIVE,
  ALICE,
  address,
  BOB,
  CAROL,
  LIQUIDATOR,
  LOAN,
  MORPHO,
  ORACLE,
  OWNER,
  PAR,
  WAD,
} from "./scenario.js";

const VAULTS = { "1.0": address(0x5010), "1.1": address(0x5011) } as const;
const COLLATERALS = [address(0x2001), address(0x2002)] as const;
const markets = COLLATERALS.map((collateralToken) => {
  const parameters = {
    loanToken: LOAN,
    collateralToken,
    oracle: ORACLE,
    irm: address(0),
    lltv: (8n * WAD) / 10n,
  };
  return { ...parameters, id: marketId(parameters) };
});
const [RISKY, SAFE] = markets.map(({ id }) => id) as [string, string];
const QUEUE = [RISKY, SAFE];

function open(queue: readonly string[] = QUEUE): MetaMorphoModel {
  return new MetaMorphoModel({
    format: "shortfall-trace/1",
    protocol: "metamorpho",
    version: "1.0 and 1.1",
    params: {
      morpho: MORPHO,
      adaptiveCurveIrm: ADAPTIVE,
      owner: OWNER,
      feeRecipient: OWNER,
      tokens: [
        { symbol: "USD", address: LOAN, decimals: "18" },
        { symbol: "A", address: COLLATERALS[0], decimals: "18" },
        { symbol: "B", address: COLLATERALS[1], decimals: "18" },
      ],
      markets: markets.map((market) => ({
        ...market,
        lltv: market.lltv.toString(),
        initialPrice: PAR.toString(),
        lastUpdate: "1000",
      })),
      vaults: Object.entries(VAULTS).map(([version, vault]) => ({
        address: vault,
        version,
        asset: LOAN,
        virtualShares: "1",
        feeRecipient: OWNER,
        supplyQueue: QUEUE,
        withdrawQueue: queue,
        caps: queue.map((market) => ({ market, cap: (500n * WAD).toString() })),
      })),
    },
  });
}

let clock = 2000;
function act(model: MetaMorphoModel, type: string, from: string, fields: Record<string, bigint | string>) {
  clock++;
  const texts = Object.entries(fields).map(([key, value]) => [key, String(value)]);
  const result = model.execute(
    { ...Object.fromEntries(texts), type, from },
    { block: clock, timestamp: clock, transaction: `${clock}` },
  );
  if (!result.ok) throw new Error(result.reason);
  return result.logs;
}

/** Each vault holds 500 in the risky market and 300 in the safe one; half of the risky market's debt is lost. */
function afterLoss(): MetaMorphoModel {
  const model = open();
  for (const vault of Object.values(VAULTS)) {
    act(model, "vaultDeposit", ALICE, { vault, amount: 600n * WAD, receiver: ALICE });
    act(model, "vaultDeposit", CAROL, { vault, amount: 200n * WAD, receiver: CAROL });
  }
  act(model, "supplyCollateral", BOB, { market: RISKY, assets: 1000n * WAD, onBehalf: BOB });
  act(model, "borrow", BOB, { market: RISKY, assets: 800n * WAD, shares: 0n, onBehalf: BOB, receiver: BOB });
  act(model, "setPrice", OWNER, { oracle: ORACLE, price: PAR / 2n });
  act(model, "liquidate", LIQUIDATOR, {
    market: RISKY,
    borrower: BOB,
    seizedAssets: 1000n * WAD,
    repaidShares: 0n,
  });
  return model;
}

const vaultOf = (model: MetaMorphoModel, version: keyof typeof VAULTS): Vault =>
  model.vaults.get(VAULTS[version])!;
const viewOf = (model: MetaMorphoModel, pool: string) => model.pools().find((view) => view.pool === pool)!;
const poke = (model: MetaMorphoModel) => {
  for (const vault of Object.values(VAULTS))
    act(model, "vaultDeposit", ALICE, { vault, amount: 0n, receiver: ALICE });
};

describe("one loss under two vaults", () => {
  it("shows in the backing of both at once, before either has counted", () => {
    const model = afterLoss();
    const loss = model.writeOffs()[0]!.recomputed;
    const part = loss / 2n;
    const old = viewOf(model, VAULTS["1.0"]);
    const young = viewOf(model, VAULTS["1.1"]);
    expect(800n * WAD - old.suppliers - part).toBeLessThanOrEqual(1n);
    expect(old.backingWad).toBe(WAD);
    expect(young.suppliers).toBe(800n * WAD);
    expect(young.deficitCarried).toBe(800n * WAD - old.suppliers);
    expect(young.backingWad).toBe((old.suppliers * WAD) / (800n * WAD));
  });

  it("lowers the 1.0 share price for all holders alike and leaves the 1.1 one standing", () => {
    const model = afterLoss();
    poke(model);
    const [blue, old, young] = model.writeOffs();
    expect(blue!.source).toBe("Liquidate.badDebtAssets");
    expect(old).toMatchObject({ pool: VAULTS["1.0"], layers: [{ policy: "pro-rata" }], uncovered: 0n });
    expect(young).toMatchObject({ pool: VAULTS["1.1"], layers: [{ policy: "carry" }], uncovered: 0n });
    expect(old!.recomputed).toBe(young!.recomputed);
    expect(vaultOf(model, "1.1").lostAssets).toBe(young!.recomputed);
    expect(vaultOf(model, "1.1").lastTotalAssets).toBe(800n * WAD);
    expect(vaultOf(model, "1.0").lastTotalAssets).toBe(800n * WAD - old!.recomputed);

    for (const [{ id, recomputed }, basis] of [
      [old!, "realised"],
      [young!, "implied"],
    ] as const) {
      const [table] = model.haircuts(id);
      expect(table!.basis).toBe(basis);
      const loss = (account: string) => table!.rows.find((row) => row.account === account)!.loss;
      expect(loss(ALICE) + loss(CAROL) + table!.dust).toBe(recomputed);
      const difference = loss(ALICE) - 3n * loss(CAROL);
      expect(difference >= -3n && difference <= 3n).toBe(true);
    }
    const carried = model.journal.balance(VAULTS["1.1"], CHART.deficit, "USD");
    expect(carried).toBe(young!.recomputed);
    expect(model.journal.balance(VAULTS["1.0"], CHART.deficit, "USD")).toBe(0n);
  });

  it("lets the first to leave a 1.1 vault take face value, and the last find nothing", () => {
    const model = afterLoss();
    const vault = VAULTS["1.1"];
    act(model, "vaultWithdraw", ALICE, { vault, amount: 600n * WAD - 1n, receiver: ALICE });
    expect(() =>
      act(model, "vaultWithdraw", CAROL, { vault, amount: 199n * WAD, receiver: CAROL }),
    ).toThrowError("NotEnoughLiquidity:0x4323a555");
    expect(viewOf(model, vault).backingWad).toBeLessThan(WAD / 5n);
  });

  it("is no write-off of a vault that held nothing in the market", () => {
    const model = open([SAFE]);
    for (const vault of Object.values(VAULTS)) {
      act(model, "vaultDeposit", ALICE, { vault, amount: 100n * WAD, receiver: ALICE });
    }
    act(model, "supply", CAROL, { market: RISKY, assets: 100n * WAD, shares: 0n, onBehalf: CAROL });
    act(model, "supplyCollateral", BOB, { market: RISKY, assets: 100n * WAD, onBehalf: BOB });
    act(model, "borrow", BOB, { market: RISKY, assets: 80n * WAD, shares: 0n, onBehalf: BOB, receiver: BOB });
    act(model, "setPrice", OWNER, { oracle: ORACLE, price: 0n });
    act(model, "liquidate", LIQUIDATOR, {
      market: RISKY,
      borrower: BOB,
      seizedAssets: 100n * WAD,
      repaidShares: 0n,
    });
    poke(model);
    expect(model.writeOffs()).toHaveLength(1);
  });
});

describe("a donation to a vault's position", () => {
  it("is gain: it pays a fee, and lost assets stay a number", () => {
    const model = afterLoss();
    poke(model);
    const vault = VAULTS["1.1"];
    const lost = vaultOf(model, "1.1").lostAssets;
    act(model, "vaultSetFee", OWNER, { vault, fee: WAD / 10n });
    act(model, "supply", BOB, { market: SAFE, assets: 100n * WAD, shares: 0n, onBehalf: vault });
    const logs = act(model, "vaultDeposit", ALICE, { vault, amount: 0n, receiver: ALICE });
    const accrued = logs.find(({ name }) => name === "AccrueInterest")!.args;
    expect(accrued.newTotalAssets).toBe(900n * WAD);
    expect(accrued.feeShares).toBe((10n * WAD * (800n * WAD + 1n)) / (890n * WAD + 1n));
    expect(vaultOf(model, "1.1").lostAssets).toBe(lost);
  });
});

describe("queues", () => {
  const run = (model: MetaMorphoModel) => openRun(model.state, BigInt(++clock), false);
  const names = (logs: readonly { readonly log: PredictedLog }[]) => logs.map(({ log }) => log.name);

  it("a market that joins brings what the vault already has there, without a fee", () => {
    const model = open([SAFE]);
    const vault = vaultOf(model, "1.1");
    act(model, "vaultDeposit", ALICE, { vault: vault.address, amount: 100n * WAD, receiver: ALICE });
    act(model, "supply", BOB, { market: RISKY, assets: 40n * WAD, shares: 0n, onBehalf: vault.address });
    const joining = run(model);
    enableMarket(joining, vault, OWNER, RISKY, 10n * WAD);
    expect(names(joining.order)).toEqual(["UpdateLastTotalAssets", "SetWithdrawQueue", "SetCap"]);
    expect(vault.lastTotalAssets).toBe(140n * WAD);
    expect(vault.withdrawQueue).toEqual([SAFE, RISKY]);
    expect(vault.capOf(RISKY)).toBe(10n * WAD);
  });

  it("a market that is dropped with shares in it is a write-off without bad debt", () => {
    const model = open();
    for (const version of ["1.0", "1.1"] as const) {
      const vault = vaultOf(model, version);
      act(model, "vaultDeposit", ALICE, { vault: vault.address, amount: 600n * WAD, receiver: ALICE });
      const dropping = run(model);
      setWithdrawQueue(dropping, vault, OWNER, [SAFE]);
      expect(dropping.steps[0]?.kind).toBe("vault-drop-market");
    }
    poke(model);
    expect(model.writeOffs().map(({ pool, recomputed }) => [pool, recomputed])).toEqual([
      [VAULTS["1.0"], 500n * WAD],
      [VAULTS["1.1"], 500n * WAD],
    ]);
  });

  it("tokens that lie in a vault are none of its assets, and are skimmed in full", () => {
    const model = open();
    const vault = vaultOf(model, "1.0");
    const before = model.totalAssetsOf(vault);
    leaveIdle(run(model), vault, LOAN, BOB, 7n);
    expect(model.totalAssetsOf(vault)).toBe(before);
    const skimming = run(model);
    skim(skimming, vault, BOB, LOAN, CAROL);
    expect(skimming.order.map(({ log }) => log.args)).toMatchObject([
      { from: vault.address, to: CAROL, value: 7n },
      { token: LOAN, amount: 7n },
    ]);
    expect(vault.skimRecipientId).toBe(model.state.accounts.find(CAROL));
  });

  it("a deposit above all caps is refused and changes nothing", () => {
    const model = open();
    const vault = VAULTS["1.0"];
    const entries = model.journal.length;
    expect(() =>
      act(model, "vaultDeposit", ALICE, { vault, amount: 1001n * WAD, receiver: ALICE }),
    ).toThrowError(/AllCapsReached/);
    expect(model.journal.entries()).toHaveLength(entries);
    expect(vaultOf(model, "1.0").totalSupply).toBe(0n);
  });
});
