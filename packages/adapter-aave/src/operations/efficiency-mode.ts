import type { Category } from "../category.js";
import type { Step } from "../step.js";
import { borrowableInCategory, effectiveLtvBps, requireHealthy } from "../valuation.js";

/** Puts an account into an efficiency-mode category (EModeLogic / PoolLogic.executeSetUserEMode). */
export function setUserCategory(step: Step, caller: string, category: bigint): void {
  const { market, profile } = step;
  const account = market.account(caller);
  const previous = market.userCategories.get(account);
  if (profile.categoryChange !== "unconditional" && previous === category) return;
  if (step.guard) validateCategory(step, account, category);
  market.userCategories.set(account, step.narrow(category, 8n));
  if (profile.categoryChange !== "unconditional" || previous !== 0n) requireHealthy(step, account);
  step.emit(market.addresses.pool, "UserEModeSet", { user: caller, categoryId: category });
}

function validateCategory(step: Step, account: number, id: bigint): void {
  const { market, profile } = step;
  const category = market.categories.get(Number(id));
  const known = category !== undefined && category.thresholdBps !== 0n;
  if (id !== 0n && !known) step.refuse("InconsistentEModeCategory");
  if (profile.categoryChange === "debts-and-collateral") {
    validateMembers(step, account, id, category);
    return;
  }
  if (category === undefined) return;
  for (const reserve of market.reserves) {
    if (market.isBorrowing(account, reserve) && !borrowableInCategory(step, category, reserve)) {
      step.refuse(profile.categories === "single" ? "InconsistentEModeCategory" : "NotBorrowableInEMode");
    }
  }
}

function validateMembers(step: Step, account: number, id: bigint, category: Category | undefined): void {
  const { market } = step;
  for (const reserve of market.reserves) {
    const asset = market.spelled(reserve.identity.underlying);
    if (
      category !== undefined &&
      market.isBorrowing(account, reserve) &&
      !borrowableInCategory(step, category, reserve)
    ) {
      step.refuse("InvalidDebtInEmode", asset, id);
    }
    if (market.isCollateral(account, reserve) && effectiveLtvBps(step, category, reserve) === 0n) {
      step.refuse("InvalidCollateralInEmode", asset, id);
    }
  }
}
