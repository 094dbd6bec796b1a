import { BPS, WAD } from "@shortfall/math";
import { owedToAssetsUp, product } from "./amounts.js";
import { CONFIG_SCALE } from "./constants.js";
import { isRecognised, liquidationLtvAt } from "./ltv.js";
import { UnknownValueError } from "./refusal.js";
import type { EulerState } from "./state.js";
import { convertToAssets, type Vault } from "./vault.js";

/** Which side of the spread a quote takes: bid for collateral and ask for debt in status checks, else mid. */
export type QuoteSide = "bid" | "mid" | "ask";

/**
 * Value of an amount in units of account, rounded down. Shares of a vault are first converted to its asset with
 * interest to `now`, so a loss there shows at once in the health of those who borrow against it.
 *
 * @throws {UnknownValueError} no price for it. @throws {Refusal} the oracle's product overflows.
 */
export function quote(
  state: EulerState,
  amount: bigint,
  subject: string,
  side: QuoteSide,
  now: bigint,
): bigint {
  const vault = state.vaultAt(subject);
  const asset = vault ? vault.asset : subject;
  const price = state.prices.get(asset);
  if (price === undefined) throw new UnknownValueError(asset);
  const assets = vault ? convertToAssets(vault, amount, now) : amount;
  const mid = product(assets, price) / WAD;
  if (side === "mid") return mid;
  const spread = state.parameters.oracleSpreadBps;
  return product(mid, side === "bid" ? BPS - spread : BPS + spread) / BPS;
}

/** Collateral and debt of an account as its controller values them. */
export interface Liquidity {
  /** Weighted by the liquidation LTV. */
  readonly collateralValue: bigint;
  readonly liabilityValue: bigint;
}

/** All collaterals at the liquidation LTV against the debt, mid prices (`calculateLiquidity`, liquidation). */
export function liquidationLiquidity(
  state: EulerState,
  vault: Vault,
  account: string,
  now: bigint,
): Liquidity {
  let collateralValue = 0n;
  for (const collateral of state.connector.collaterals(account)) {
    const ltv = liquidationLtvAt(vault.ltv(collateral), now);
    collateralValue += collateralValueOf(state, account, collateral, ltv, "mid", now);
  }
  return { collateralValue, liabilityValue: liabilityValueOf(state, vault, account, "mid", now) };
}

/**
 * Whether an account may stand as it is: no debt, or collateral at the borrowing LTV worth strictly more
 * (`checkLiquidity`). Collaterals after the one that suffices are not looked at.
 */
export function isHealthy(state: EulerState, vault: Vault, account: string, now: bigint): boolean {
  const id = state.accounts.find(account);
  if (id === undefined || vault.owed.get(id) === 0n) return true;
  const liability = liabilityValueOf(state, vault, account, "ask", now);
  let value = 0n;
  for (const collateral of state.connector.collaterals(account)) {
    value += collateralValueOf(state, account, collateral, vault.ltv(collateral).borrowLtv, "bid", now);
    if (value > liability) return true;
  }
  return false;
}

/** Whether an account holds no share of any recognised collateral it enabled (`checkNoCollateral`). */
export function hasNoCollateral(state: EulerState, vault: Vault, account: string): boolean {
  for (const collateral of state.connector.collaterals(account)) {
    if (isRecognised(vault.ltv(collateral)) && sharesOf(state, collateral, account) > 0n) return false;
  }
  return true;
}

/** Shares of a collateral vault that an account holds. @throws {UnknownValueError} it is not described. */
export function sharesOf(state: EulerState, collateral: string, account: string): bigint {
  const vault = state.vaultAt(collateral);
  if (!vault) throw new UnknownValueError(collateral);
  const id = state.accounts.find(account);
  return id === undefined ? 0n : vault.shares.get(id);
}

function collateralValueOf(
  state: EulerState,
  account: string,
  collateral: string,
  ltv: bigint,
  side: QuoteSide,
  now: bigint,
): bigint {
  if (ltv === 0n) return 0n;
  const shares = sharesOf(state, collateral, account);
  if (shares === 0n) return 0n;
  return product(quote(state, shares, collateral, side, now), ltv) / CONFIG_SCALE;
}

function liabilityValueOf(
  state: EulerState,
  vault: Vault,
  account: string,
  side: QuoteSide,
  now: bigint,
): bigint {
  const id = state.accounts.find(account);
  const { interestAccumulator } = vault.accruedTo(now);
  const assets = id === undefined ? 0n : owedToAssetsUp(vault.owedAt(id, interestAccumulator));
  if (assets === 0n) return 0n;
  return vault.asset === vault.unitOfAccount ? assets : quote(state, assets, vault.asset, side, now);
}
