import { WAD } from "@shortfall/math";
import { owedToAssetsUp, product, toAmount } from "../amounts.js";
import {
  CONFIG_SCALE,
  MAX_UINT,
  MIN_SOCIALISATION_VALUE,
  VIRTUAL_AMOUNT,
  ZERO_ADDRESS,
} from "../constants.js";
import { figuresOf } from "../figures.js";
import { isRecognised } from "../ltv.js";
import { refuse, UnknownValueError } from "../refusal.js";
import type { SocialisedLoss, Step } from "../step.js";
import { hasNoCollateral, liquidationLiquidity, quote, sharesOf } from "../valuation.js";
import type { Vault } from "../vault.js";
import { socialises, transferBalance } from "./balances.js";
import { decreaseBorrow, transferBorrow } from "./debt.js";

/** Whose debt, which collateral, and who takes both over. */
export interface LiquidationParties {
  readonly from: string;
  readonly violator: string;
  readonly collateral: string;
}

export interface LiquidateInput extends LiquidationParties {
  /** The maximum means as much as the rules allow. */
  readonly repayAssets: bigint;
  readonly minYield: bigint;
}

/** What a liquidation moves. */
export interface LiquidationTerms {
  /** Debt the liquidator takes over. */
  readonly repay: bigint;
  /** Collateral shares it gets. */
  readonly yieldShares: bigint;
}

/** Most that may be liquidated, and the value of the debt that decided it. */
export interface LiquidationLimit extends LiquidationTerms {
  /** The violator's debt in whole assets. */
  readonly liability: bigint;
  /** In units of account, before the liquidation. */
  readonly liabilityValue: bigint;
}

/**
 * Liquidates as a call would (`liquidate`): checks in the contract's order, then the terms, then the transfer
 * of debt and collateral, and the loss of what nothing backs any more. The liquidator's health is checked at
 * the end.
 */
export function liquidate(step: Step, vault: Vault, input: LiquidateInput): void {
  step.open(vault);
  step.requireAccountCheck(input.from);
  requireLiquidatable(step, vault, input);
  const limit = liquidationLimit(step, vault, input);
  const terms = limit.liability === 0n ? limit : termsFor(limit, input.repayAssets);
  if (input.minYield > terms.yieldShares) refuse("E_MinYield");
  settleLiquidation(step, vault, input, terms, () =>
    mustSocialise(step, vault, input.violator, limit, terms),
  );
}

function requireLiquidatable(step: Step, vault: Vault, input: LiquidationParties): void {
  const { connector } = step.state;
  if (input.violator === input.from) refuse("E_SelfLiquidation");
  if (!isRecognised(vault.ltv(input.collateral))) refuse("E_BadCollateral");
  const controllers = connector.controllers(input.violator);
  if (controllers.length > 1) refuse("E_TransientState");
  if (controllers.length === 0) refuse("E_NoLiability");
  if (controllers[0] !== vault.address) refuse("E_NotController");
  if (!connector.collaterals(input.violator).includes(input.collateral)) refuse("E_CollateralDisabled");
  if (step.isAccountCheckDeferred(input.violator)) refuse("E_ViolatorLiquidityDeferred");
  const confirmed = step.state.lastChecked.get(input.violator) ?? 0n;
  if (step.now < confirmed + vault.settings.liquidationCoolOffTime) refuse("E_LiquidationCoolOff");
}

/**
 * Debt and collateral shares that may change hands at most (`calculateMaxLiquidation`). The discount grows with
 * the distance to health, up to the vault's maximum; collateral without value is given away.
 *
 * @throws {UnknownValueError} a price is missing.
 */
export function liquidationLimit(step: Step, vault: Vault, parties: LiquidationParties): LiquidationLimit {
  const { state, now } = step;
  const liability = owedToAssetsUp(vault.owedNow(state.accounts.intern(parties.violator)));
  if (liability === 0n) return { repay: 0n, yieldShares: 0n, liability, liabilityValue: 0n };
  const { collateralValue, liabilityValue } = liquidationLiquidity(state, vault, parties.violator, now);
  if (collateralValue > liabilityValue || liabilityValue === 0n) {
    return { repay: 0n, yieldShares: 0n, liability, liabilityValue };
  }
  const floor = WAD - (WAD * vault.settings.maxLiquidationDiscount) / CONFIG_SCALE;
  const health = product(collateralValue, WAD) / liabilityValue;
  const factor = health < floor ? floor : health;
  const held = sharesOf(state, parties.collateral, parties.violator);
  const heldValue = quote(state, held, parties.collateral, "mid", now);
  if (heldValue === 0n) return { repay: 0n, yieldShares: held, liability, liabilityValue };
  const wanted = product(liabilityValue, WAD) / factor;
  const repayValue = heldValue < wanted ? product(heldValue, factor) / WAD : liabilityValue;
  const yieldValue = heldValue < wanted ? heldValue : wanted;
  return {
    repay: toAmount(product(repayValue, liability) / liabilityValue),
    yieldShares: product(yieldValue, held) / heldValue,
    liability,
    liabilityValue,
  };
}

/** The terms for a wish to repay less. @throws {Refusal} `E_ExcessiveRepayAmount` for more. */
export function termsFor(limit: LiquidationLimit, wished: bigint): LiquidationTerms {
  if (wished === MAX_UINT) return limit;
  if (wished > limit.repay) refuse("E_ExcessiveRepayAmount");
  if (limit.repay === 0n) return limit;
  return { repay: toAmount(wished), yieldShares: product(wished, limit.yieldShares) / limit.repay };
}

/**
 * Whether what remains of the debt is written off: worth enough to bother, not forbidden by the vault's flag,
 * something remains, and no collateral is left whatever its price.
 */
export function mustSocialise(
  step: Step,
  vault: Vault,
  violator: string,
  limit: LiquidationLimit,
  terms: LiquidationTerms,
): boolean {
  return (
    limit.liabilityValue >= MIN_SOCIALISATION_VALUE &&
    socialises(vault) &&
    limit.liability > terms.repay &&
    hasNoCollateral(step.state, vault, violator)
  );
}

/**
 * Moves debt and collateral and writes off what remains if `socialise` says so once they have moved
 * (`executeLiquidation`). The vault is up to date and queued.
 */
export function settleLiquidation(
  step: Step,
  vault: Vault,
  parties: LiquidationParties,
  terms: LiquidationTerms,
  socialise: () => boolean,
): void {
  const { from, violator, collateral } = parties;
  if (from === violator) refuse("E_SelfLiquidation");
  const liability = owedToAssetsUp(vault.owedNow(step.state.accounts.intern(violator)));
  step.deed("liquidate", vault, violator, () => {
    if (terms.repay > 0n) transferBorrow(step, vault, violator, from, terms.repay);
  });
  if (terms.yieldShares > 0n) seize(step, collateral, violator, from, terms.yieldShares);
  if (socialise()) {
    step.lossDeed(vault, violator, () => socialiseDebt(step, vault, from, violator, liability - terms.repay));
  }
  step.emit(vault.address, "Liquidate", {
    liquidator: from,
    violator,
    collateral,
    repayAssets: terms.repay,
    yieldBalance: terms.yieldShares,
  });
}

/** The connector acts for the violator in the collateral vault; its health check is forgiven. */
function seize(step: Step, collateral: string, violator: string, liquidator: string, shares: bigint): void {
  const vault = step.state.vaultAt(collateral);
  if (!vault) throw new UnknownValueError(collateral);
  step.open(vault);
  step.requireAccountCheck(violator);
  step.deed("seize", vault, violator, () => {
    transferBalance(step, vault, violator, liquidator, toAmount(shares));
  });
  step.forgiveAccountCheck(violator);
}

/** Debt goes, cash and shares stay: every share is worth less at once. */
function socialiseDebt(
  step: Step,
  vault: Vault,
  liquidator: string,
  violator: string,
  assets: bigint,
): SocialisedLoss {
  const before = figuresOf(vault);
  const { totalShares, accumulatedFees } = vault;
  const epoch = vault.shares.checkpoint();
  decreaseBorrow(step, vault, violator, assets);
  // Echo of the Repay that decreaseBorrow logged without a token coming in.
  step.emit(vault.address, "Withdraw", {
    sender: liquidator,
    receiver: ZERO_ADDRESS,
    owner: ZERO_ADDRESS,
    assets,
    shares: 0n,
  });
  const log = step.logs.length;
  step.emit(vault.address, "DebtSocialized", { account: violator, assets });
  return {
    account: violator,
    assets,
    epoch,
    weight: totalShares + VIRTUAL_AMOUNT,
    accumulatedFees,
    before,
    totalShares,
    log,
  };
}
