import type { Execution, RecordedCall } from "@shortfall/core";
import { RAY } from "@shortfall/math";
import { beforeEach, describe, expect, it } from "vitest";
import { AaveModel } from "../src/model.js";
import { computeRates } from "../src/rates.js";
import { Step } from "../src/step.js";
import { encodeLog } from "./support/encode.js";
import { picture } from "./support/picture.js";
import { readTrace } from "./support/traces.js";

const MAX = ((1n << 256n) - 1n).toString();

interface Initial {
  readonly reserves: Record<string, Record<string, string>>;
}

/** An empty market of a release, with a clock. */
class Scene {
  readonly model: AaveModel;
  time = 1_700_200_000;

  constructor(folder: string, file: string, prepare: (initial: Initial) => void = () => {}) {
    const { header } = readTrace(folder, file);
    prepare(header.initial as Initial);
    this.model = new AaveModel(header);
  }

  call(call: RecordedCall): Execution {
    return this.model.execute(call, { block: this.time, timestamp: this.time, transaction: `t${this.time}` });
  }

  /** A call that must go through. */
  done(call: RecordedCall): void {
    expect(this.call(call)).toMatchObject({ ok: true });
  }

  reserve(symbol: string) {
    const reserve = this.model.opened.reserves.get(symbol);
    if (reserve === undefined) throw new Error(`No reserve ${symbol}.`);
    return reserve;
  }

  supply(from: string, asset: string, amount: bigint): void {
    this.done({ type: "supply", from, asset, amount: amount.toString(), onBehalfOf: from });
  }

  borrow(from: string, asset: string, amount: bigint): void {
    this.done({ type: "borrow", from, asset, amount: amount.toString(), onBehalfOf: from });
  }
}

const current = (): Scene => new Scene("aave-v3", "01-mixed-s1.jsonl.gz");
const refusalOf = (execution: Execution): string => (execution.ok ? "none" : execution.reason);

describe("limits of 3.7", () => {
  it.each([
    [1n << 129n, /^SafeCastOverflowedUintDowncast\(128,/],
    [1n << 127n, /^SafeCastOverflowedUintDowncast\(120,/],
    [0n, /^InvalidAmount\(\)$/],
  ])("refuse a supply of %d", (amount, reason) => {
    const scene = current();
    const before = picture(scene.model);
    const call = { type: "supply", from: "u1", asset: "DAI", onBehalfOf: "u1", amount: amount.toString() };
    expect(refusalOf(scene.call(call))).toMatch(reason);
    expect(picture(scene.model)).toBe(before);
  });

  it("refuse more than the wallet holds with the token's own error", () => {
    const call = { type: "donate", from: "u1", asset: "DAI", amount: MAX };
    expect(refusalOf(current().call(call))).toMatch(/^ERC20InsufficientBalance\(/);
  });
});

describe("a carried deficit", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = current();
    scene.supply("lp1", "DAI", 10n ** 24n);
    scene.supply("u1", "WETH", 10n ** 19n);
    scene.borrow("u1", "DAI", 10n ** 22n);
    scene.time += 86_400;
    scene.done({ type: "setPrice", from: "oracle", asset: "WETH", price: "10000000000" });
    scene.done({
      type: "liquidationCall",
      from: "liq1",
      collateralAsset: "WETH",
      debtAsset: "DAI",
      borrower: "u1",
      debtToCover: MAX,
      receiveAToken: false,
    });
  });

  it("is what was owed and not repaid; the debtor owes nothing after it", () => {
    const [writeOff] = scene.model.writeOffs();
    const dai = scene.reserve("DAI");
    expect(writeOff?.recomputed).toBe(dai.deficitAssets);
    expect(dai.deficitAssets).toBeGreaterThan(9n * 10n ** 21n);
    expect(dai.debtScaled).toBe(0n);
    const account = scene.model.opened.market.account(scene.model.opened.actors.get("u1") ?? "");
    expect(scene.model.opened.market.flags.get(account)).toBe(0n);
    const [view] = scene.model.pools().filter((pool) => pool.pool === "DAI");
    expect(view?.deficitCarried).toBe(dai.deficitAssets);
    expect(view?.backingWad).toBeLessThan(10n ** 18n);
    expect(scene.model.haircuts(writeOff?.id ?? "")).toEqual([]);
  });

  it("bears no interest, lowers what suppliers earn, and not what borrowers pay", () => {
    const dai = scene.reserve("DAI");
    const { deficitAssets } = dai;
    scene.supply("u2", "WBTC", 10n ** 10n);
    scene.borrow("u2", "DAI", 10n ** 22n);
    const step = new Step(scene.model.opened.market, BigInt(scene.time), false);
    const withDeficit = computeRates(step, dai, 0n, 0n);
    dai.deficitAssets = 0n;
    const without = computeRates(step, dai, 0n, 0n);
    dai.deficitAssets = deficitAssets;
    expect(withDeficit.borrowRateRay).toBe(without.borrowRateRay);
    expect(withDeficit.liquidityRateRay).toBeLessThan(without.liquidityRateRay);
    scene.time += 31_536_000;
    scene.supply("lp2", "DAI", 10n ** 18n);
    expect(dai.liquidityIndexRay).toBeGreaterThan(RAY);
    expect(dai.deficitAssets).toBe(deficitAssets);
  });

  it("is covered with aTokens only, in part or capped to what is there, and by nobody else", () => {
    const dai = scene.reserve("DAI");
    const cover = (from: string, amount: string): Execution =>
      scene.call({ type: "eliminateReserveDeficit", from, asset: "DAI", amount });
    expect(refusalOf(cover("u3", "1"))).toBe("CallerNotUmbrella()");
    expect(refusalOf(cover("umbrella", "1"))).toBe("NotEnoughAvailableUserBalance()");
    scene.supply("umbrella", "DAI", 2n * 10n ** 22n);
    const { virtualAssets, deficitAssets } = dai;
    expect(cover("umbrella", "1000")).toMatchObject({ ok: true });
    expect(dai.deficitAssets).toBe(deficitAssets - 1000n);
    expect(cover("umbrella", MAX)).toMatchObject({ ok: true });
    expect(dai.deficitAssets).toBe(0n);
    expect(dai.virtualAssets).toBe(virtualAssets);
    expect(refusalOf(cover("umbrella", "1"))).toBe("ReserveNotInDeficit()");
    const [writeOff] = scene.model.writeOffs();
    expect(writeOff?.layers).toEqual([{ layer: "direct-cover", policy: "cash-fund", amount: deficitAssets }]);
    const [table] = scene.model.haircuts(writeOff?.id ?? "");
    expect(table?.rows.map((row) => row.loss)).toEqual([deficitAssets]);
    expect(scene.model.deficits.totals("DAI").recovered).toBe(deficitAssets);
  });
});

describe("bad debt up to 3.2", () => {
  it("stays a debt that grows and that anyone may repay", () => {
    const scene = new Scene("aave-v3-versions", "v3.2.0-03-mixed-s141.jsonl.gz");
    scene.supply("lp1", "DAI", 10n ** 24n);
    scene.supply("u1", "WETH", 10n ** 19n);
    scene.borrow("u1", "DAI", 10n ** 22n);
    scene.done({ type: "setPrice", from: "oracle", asset: "WETH", price: "10000000000" });
    const liquidation = {
      type: "liquidationCall",
      from: "liq1",
      collateralAsset: "WETH",
      debtAsset: "DAI",
      borrower: "u1",
      debtToCover: MAX,
      receiveAToken: false,
    };
    scene.done(liquidation);
    const latent = (): bigint =>
      scene.model.pools().reduce((sum, view) => sum + (view.pool === "DAI" ? view.deficitLatent : 0n), 0n);
    const first = latent();
    expect(first).toBeGreaterThan(10n ** 21n);
    expect(scene.model.writeOffs()).toEqual([]);
    expect(refusalOf(scene.call(liquidation))).toBe("Error(46)");
    scene.time += 31_536_000;
    scene.supply("lp2", "DAI", 10n ** 18n);
    expect(latent()).toBeGreaterThan(first);
    scene.done({ type: "repay", from: "lp1", asset: "DAI", amount: latent().toString(), onBehalfOf: "u1" });
    expect(latent()).toBe(0n);
  });
});

describe("a protocol fee capped to nothing", () => {
  it.each([true, false])("is still transferred and still observed (aTokens: %s)", (receiveAToken) => {
    // Two scaled units worth three: what the liquidator gets for two of them takes both, and the third was the fee.
    const prepare = ({ reserves }: Initial): void => {
      if (reserves.WBTC !== undefined) reserves.WBTC.li = ((3n * RAY) / 2n).toString();
    };
    const actor = new Scene("aave-v3", "01-mixed-s1.jsonl.gz", prepare);
    const observer = new Scene("aave-v3", "01-mixed-s1.jsonl.gz", prepare);
    for (const scene of [actor, observer]) {
      scene.supply("lp1", "USDC", 10n ** 12n);
      scene.supply("lp1", "WBTC", 10n ** 10n);
      scene.supply("u1", "WBTC", 3n);
      scene.borrow("u1", "USDC", 400n);
      const price = scene.reserve("WBTC").priceBase / 10n;
      scene.done({ type: "setPrice", from: "oracle", asset: "WBTC", price: price.toString() });
    }
    expect(picture(observer.model)).toBe(picture(actor.model));
    const position = { block: 9, timestamp: actor.time, transaction: "liquidation" };
    const call = {
      type: "liquidationCall",
      from: "liq1",
      collateralAsset: "WBTC",
      debtAsset: "USDC",
      borrower: "u1",
      debtToCover: MAX,
      receiveAToken,
    };
    const execution = actor.model.execute(call, position);
    if (!execution.ok) throw new Error(execution.reason);
    const fee = execution.logs.filter((log) => log.name === "BalanceTransfer").at(-1);
    expect(fee?.args).toMatchObject({ to: actor.model.opened.actors.get("treasury"), value: 0n });
    const logs = execution.logs.map(encodeLog);
    const { findings } = observer.model.observe({ position, logs, reverted: false, touched: [], prices: [] });
    expect(findings).toEqual([]);
    expect(picture(observer.model)).toBe(picture(actor.model));
  });
});
