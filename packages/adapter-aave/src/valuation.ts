import { MAX_UINT256 } from "@shortfall/math";
import { normalizedDebtRay, normalizedIncomeRay } from "./accrual.js";
import { add, mulDivCeil, multiply, percentMul, percentMulFloor, wadDiv } from "./arithmetic.js";
import type { Category } from "./category.js";
import { HEALTH_FACTOR_ONE_WAD } from "./constants.js";
import type { Reserve } from "./reserve.js";
import type { Step } from "./step.js";

/** An account's position in base currency (8 decimals). */
export interface AccountValuation {
  readonly collateralBase: bigint;
  readonly debtBase: bigint;
  readonly ltvBps: bigint;
  readonly thresholdBps: bigint;
  /** 1e18 = 1; the largest integer where nothing is owed. */
  readonly healthFactorWad: bigint;
  /** Some collateral has a loan-to-value of 0. */
  readonly hasZeroLtv: boolean;
}

/** Whether an asset is collateral of a category. */
export function inCategory(step: Step, category: Category | undefined, reserve: Reserve): boolean {
  if (category === undefined) return false;
  return step.profile.categories === "single"
    ? reserve.parameters.category === BigInt(category.id)
    : hasBit(category.collateralBitmap, reserve.id);
}

/** Whether an asset may be borrowed inside a category. */
export function borrowableInCategory(step: Step, category: Category, reserve: Reserve): boolean {
  return step.profile.categories === "single"
    ? reserve.parameters.category === BigInt(category.id)
    : hasBit(category.borrowableBitmap, reserve.id);
}

/** Loan-to-value that counts for an account in `category`. */
export function effectiveLtvBps(step: Step, category: Category | undefined, reserve: Reserve): bigint {
  const own = reserve.parameters.ltvBps;
  const inside = inCategory(step, category, reserve);
  if (step.profile.effectiveLtv === "reserve-first") {
    return own !== 0n && category !== undefined && inside ? category.ltvBps : own;
  }
  if (category === undefined) return own;
  if (inside) return hasBit(category.ltvZeroBitmap, reserve.id) ? 0n : category.ltvBps;
  return step.profile.effectiveLtv === "category-isolated" && category.isolated ? 0n : own;
}

/** Loan-to-value by which a collateral flag is allowed: the reserve's own up to 3.5. */
export function flagLtvBps(step: Step, category: Category | undefined, reserve: Reserve): bigint {
  return step.profile.effectiveLtv === "reserve-first"
    ? reserve.parameters.ltvBps
    : effectiveLtvBps(step, category, reserve);
}

/** Value of a debt in base currency, rounded as the release does. */
export function debtValueBase(step: Step, reserve: Reserve, assets: bigint): bigint {
  return step.profile.debtValue === "ceil"
    ? mulDivCeil(assets, reserve.priceBase, reserve.unit)
    : multiply(assets, reserve.priceBase) / reserve.unit;
}

/** Value of collateral in base currency, rounded down. */
export const collateralValueBase = (reserve: Reserve, assets: bigint): bigint =>
  multiply(assets, reserve.priceBase) / reserve.unit;

/** Values an account (GenericLogic.calculateUserAccountData). */
export function valueAccount(step: Step, account: number): AccountValuation {
  const { market, now, profile } = step;
  const flags = market.flags.get(account);
  if (flags === 0n) {
    return {
      collateralBase: 0n,
      debtBase: 0n,
      ltvBps: 0n,
      thresholdBps: 0n,
      healthFactorWad: MAX_UINT256,
      hasZeroLtv: false,
    };
  }
  const category = market.categoryOf(account);
  const { scaling } = profile;
  let collateralBase = 0n;
  let debtBase = 0n;
  let ltvSum = 0n;
  let thresholdSum = 0n;
  let hasZeroLtv = false;
  for (const reserve of market.reserves) {
    if (market.isCollateral(account, reserve) && reserve.parameters.thresholdBps !== 0n) {
      const held = scaling.claim(reserve.supplies.get(account), normalizedIncomeRay(reserve, now));
      const value = collateralValueBase(reserve, held);
      collateralBase = add(collateralBase, value);
      const ltv = effectiveLtvBps(step, category, reserve);
      if (ltv === 0n) hasZeroLtv = true;
      else ltvSum = add(ltvSum, multiply(value, ltv));
      const threshold =
        category !== undefined && inCategory(step, category, reserve)
          ? category.thresholdBps
          : reserve.parameters.thresholdBps;
      thresholdSum = add(thresholdSum, multiply(value, threshold));
    }
    if (market.isBorrowing(account, reserve)) {
      const owed = scaling.debt(reserve.debts.get(account), normalizedDebtRay(reserve, now, profile));
      debtBase = add(debtBase, debtValueBase(step, reserve, owed));
    }
  }
  const ltvBps = collateralBase === 0n ? 0n : ltvSum / collateralBase;
  const thresholdBps = collateralBase === 0n ? 0n : thresholdSum / collateralBase;
  const healthFactorWad =
    debtBase === 0n
      ? MAX_UINT256
      : profile.healthFactor === "sum"
        ? wadDiv(thresholdSum, debtBase) / 10_000n
        : wadDiv(percentMul(collateralBase, thresholdBps), debtBase);
  return { collateralBase, debtBase, ltvBps, thresholdBps, healthFactorWad, hasZeroLtv };
}

/** Base currency that an account may still borrow, as its account view reports it. */
export function headroomBase(step: Step, valuation: AccountValuation): bigint {
  const limit =
    step.profile.healthFactor === "sum"
      ? percentMulFloor(valuation.collateralBase, valuation.ltvBps)
      : percentMul(valuation.collateralBase, valuation.ltvBps);
  return limit > valuation.debtBase ? limit - valuation.debtBase : 0n;
}

/**
 * Tests that an account stays healthy after collateral left it, and that no other collateral with a
 * loan-to-value of 0 should have gone first (ValidationLogic.validateHFAndLtv).
 */
export function requireHealthy(step: Step, account: number, leaving?: Reserve): void {
  if (!step.guard) return;
  const valuation = valueAccount(step, account);
  step.require(
    valuation.healthFactorWad >= HEALTH_FACTOR_ONE_WAD,
    "HealthFactorLowerThanLiquidationThreshold",
  );
  if (leaving === undefined || !valuation.hasZeroLtv) return;
  const ltv = flagLtvBps(step, step.market.categoryOf(account), leaving);
  step.require(ltv === 0n, "LtvValidationFailed");
}

const hasBit = (bitmap: bigint, bit: number): boolean => (bitmap >> BigInt(bit)) % 2n === 1n;
