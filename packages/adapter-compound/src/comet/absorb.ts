import { allocateRunningFloor, MAX_UINT104 } from "@shortfall/math";
import { projectAccrual, settle, storeAccrual, storeSettlement } from "./accrual.js";
import {
  addWithin,
  divPriceDown,
  mulFactorDown,
  mulPriceDown,
  presentValue,
  principalValue,
  repayAndSupply,
  subtractChecked,
  toInt256,
} from "./amounts.js";
import { accruedPart, mint } from "./base.js";
import type { Checks } from "./checks.js";
import { CometRefusal } from "./errors.js";
import type { CometMarket } from "./market.js";
import { baseControls, collateralControls, type Outcome, roundingBound } from "./outcome.js";

/** Price-dependent figures as the logs give them. */
export interface ReportedAbsorb {
  /** AbsorbDebt.basePaidOut, base units. */
  readonly basePaidOut: bigint;
  /** AbsorbDebt.usdValue, 1e8. */
  readonly usdValue: bigint;
  /** AbsorbCollateral.usdValue in order, 1e8. */
  readonly collateralValues: readonly bigint[];
}

/**
 * absorbInternal after accrual: takes all collateral of an account, credits it at the discounted value, and
 * lets the reserves pay the rest of the debt.
 *
 * With `reported`, values come from the logs and prices are not needed: the new principal follows from
 * `basePaidOut` alone. Without, they come from the prices, as in the contract.
 */
export function absorb(
  market: CometMarket,
  absorber: string,
  account: string,
  time: bigint,
  checks: Checks,
  reported?: ReportedAbsorb,
): Outcome {
  const { configuration, state } = market;
  market.requireRunning("absorb", checks);
  const accrual = projectAccrual(configuration, state, time);
  const id = state.accounts.intern(account);
  const old = state.principal(id);
  if (old >= 0n) throw new CometRefusal("NotLiquidatable()");
  if (!reported && market.solvency(id, old, accrual, "liquidateCollateralFactor", checks) !== "short") {
    throw new CometRefusal("NotLiquidatable()");
  }
  const seizing = seize(market, id, checks, reported);
  const oldBalance = presentValue(accrual, old);
  const figures = reported
    ? fromLogs(market, oldBalance, seizing, reported)
    : fromPrices(market, oldBalance, seizing, checks);
  const { newBalance, basePaidOut, usdValue, collateralCredit } = figures;
  const next = principalValue(accrual, newBalance);
  const [repaid, supplied] = repayAndSupply(old, next);
  const totalSupplyBase = addWithin(state.totalSupplyBase, supplied, MAX_UINT104);
  const totalBorrowBase = subtractChecked(state.totalBorrowBase, repaid);
  const settlement = settle(configuration, state, accrual, id, next);
  const totals = seizing.map((part) => subtractChecked(state.totalSupplyAsset[part.index]!, part.amount));
  const before = {
    cash: state.baseBalance,
    loans: market.loans(accrual),
    suppliers: market.suppliers(accrual),
    supplyPrincipal: state.totalSupplyBase,
  };
  const reservesBefore = market.reservesAt(accrual);

  const credits = allocateRunningFloor(
    collateralCredit,
    seizing.map((part) => (collateralCredit === 0n ? 0n : part.discounted)),
  ).parts;
  const accruedIfAny = accruedPart(market, accrual);
  storeAccrual(state, accrual);
  seizing.forEach((part, k) => {
    state.collateral[part.index]!.set(id, 0n);
    state.totalSupplyAsset[part.index] = totals[k]!;
    state.inventoryCost[part.index]! += credits[k]!;
  });
  state.totalSupplyBase = totalSupplyBase;
  state.totalBorrowBase = totalBorrowBase;
  storeSettlement(state, settlement);
  const shortfall = basePaidOut > collateralCredit ? basePaidOut - collateralCredit : 0n;
  const reportedCredit = impliedCredit(market, discountedTotal(seizing), newBalance, figures);
  const logs = seizing.map((part) =>
    market.event("AbsorbCollateral", {
      absorber,
      borrower: account,
      asset: market.asset(part.index).asset,
      collateralAbsorbed: part.amount,
      usdValue: part.value,
    }),
  );
  logs.push(market.event("AbsorbDebt", { absorber, borrower: account, basePaidOut, usdValue }));
  if (next > 0n) logs.push(mint(market, accrual, account, next));
  return {
    kind: "absorb",
    account,
    logs,
    ...accruedIfAny,
    base: baseControls(market),
    collateral: seizing.map((part) => collateralControls(market, part.index)),
    cashChange: 0n,
    conversions: 1,
    absorbed: {
      account,
      oldBalance,
      collateralCredit,
      newBalance,
      basePaidOut,
      shortfall,
      reportedShortfall: basePaidOut - reportedCredit,
      before,
      reservesBefore,
      reservesAfter: market.reservesAt(accrual),
      roundingBound: roundingBound(accrual, 1),
      seized: seizing.map((part, k) => ({ index: part.index, amount: part.amount, credit: credits[k]! })),
      ...(shortfall > 0n ? { epoch: state.checkpointSuppliers() } : {}),
    },
  };
}

interface SeizedPart {
  readonly index: number;
  readonly amount: bigint;
  /** At the feed price, 1e8. */
  readonly value: bigint;
  /** After the penalty, 1e8. */
  readonly discounted: bigint;
}

function seize(
  market: CometMarket,
  id: number,
  checks: Checks,
  reported: ReportedAbsorb | undefined,
): SeizedPart[] {
  const parts: SeizedPart[] = [];
  market.configuration.assets.forEach((asset, index) => {
    const amount = market.state.collateral[index]!.get(id);
    if (amount === 0n) return;
    const price = reported ? undefined : market.price(index + 1, checks);
    const value =
      price === undefined
        ? reported?.collateralValues[parts.length]
        : mulPriceDown(amount, price, asset.scale);
    if (value === undefined) throw new CometRefusal("BadPrice()");
    parts.push({ index, amount, value, discounted: mulFactorDown(value, asset.liquidationFactor) });
  });
  return parts;
}

interface AbsorbAmounts {
  readonly newBalance: bigint;
  readonly basePaidOut: bigint;
  readonly usdValue: bigint;
  readonly collateralCredit: bigint;
}

function fromPrices(
  market: CometMarket,
  oldBalance: bigint,
  seizing: readonly SeizedPart[],
  checks: Checks,
): AbsorbAmounts {
  const basePrice = market.price(0, checks);
  if (basePrice === undefined) throw new CometRefusal("BadPrice()");
  const scale = market.configuration.baseScale;
  const collateralCredit = divPriceDown(discountedTotal(seizing), basePrice, scale);
  const after = oldBalance + toInt256(collateralCredit);
  const newBalance = after > 0n ? after : 0n;
  const basePaidOut = newBalance - oldBalance;
  return { newBalance, basePaidOut, usdValue: mulPriceDown(basePaidOut, basePrice, scale), collateralCredit };
}

function fromLogs(
  market: CometMarket,
  oldBalance: bigint,
  seizing: readonly SeizedPart[],
  reported: ReportedAbsorb,
): AbsorbAmounts {
  const newBalance = oldBalance + reported.basePaidOut;
  if (newBalance < 0n) throw new CometRefusal("Panic(0x11)");
  return {
    newBalance,
    basePaidOut: reported.basePaidOut,
    usdValue: reported.usdValue,
    collateralCredit: impliedCredit(market, discountedTotal(seizing), newBalance, reported),
  };
}

const discountedTotal = (seizing: readonly SeizedPart[]): bigint =>
  seizing.reduce((sum, part) => sum + part.discounted, 0n);

/**
 * Base credited for the collateral, from logs alone: all that was paid if a claim is left; otherwise the
 * discounted value at the base price that AbsorbDebt's two figures imply. Where several prices fit, a known
 * price among them decides, else the highest, which credits least.
 */
export function impliedCredit(
  market: CometMarket,
  discounted: bigint,
  newBalance: bigint,
  reported: Pick<ReportedAbsorb, "basePaidOut" | "usdValue">,
): bigint {
  const { basePaidOut, usdValue } = reported;
  if (newBalance > 0n || basePaidOut === 0n) return basePaidOut;
  const scale = market.configuration.baseScale;
  const lowest = (usdValue * scale + basePaidOut - 1n) / basePaidOut;
  const highest = ((usdValue + 1n) * scale + basePaidOut - 1n) / basePaidOut - 1n;
  const known = market.state.prices[0];
  const price = known !== undefined && known >= lowest && known <= highest ? known : highest;
  if (price <= 0n) return 0n;
  const credit = divPriceDown(discounted, price, scale);
  return credit < basePaidOut ? credit : basePaidOut;
}
