import { HeaderError } from "@shortfall/core";
import { rayDiv, rayDivCeil, rayDivFloor, rayMul, rayMulCeil, rayMulFloor } from "./arithmetic.js";

/** How scaled balances and amounts turn into each other. */
export interface Scaling {
  readonly kind: "half-up" | "directed";
  /** Scaled amount of an aToken mint. */
  supply(amountAssets: bigint, indexRay: bigint): bigint;
  /** Scaled amount of an aToken burn or transfer. */
  withdraw(amountAssets: bigint, indexRay: bigint): bigint;
  /** aToken balance or total. */
  claim(scaled: bigint, indexRay: bigint): bigint;
  /** Scaled amount of a debt mint. */
  borrow(amountAssets: bigint, indexRay: bigint): bigint;
  /** Scaled amount of a debt burn. */
  repay(amountAssets: bigint, indexRay: bigint): bigint;
  /** Debt balance or total. */
  debt(scaled: bigint, indexRay: bigint): bigint;
}

/** Nearest, halves up, for everything: a user can gain or lose half a unit. */
const HALF_UP: Scaling = {
  kind: "half-up",
  supply: rayDiv,
  withdraw: rayDiv,
  claim: rayMul,
  borrow: rayDiv,
  repay: rayDiv,
  debt: rayMul,
};

/** Always in favour of the pool. */
const DIRECTED: Scaling = {
  kind: "directed",
  supply: rayDivFloor,
  withdraw: rayDivCeil,
  claim: rayMulFloor,
  borrow: rayDivCeil,
  repay: rayDivFloor,
  debt: rayMulCeil,
};

/**
 * What one generation of the pool does differently. Every field is a difference that was found between two
 * releases; a release that changes nothing has the profile of the one before it.
 */
export interface Profile {
  readonly version: string;
  /** Growth of the borrow index over a gap. */
  readonly compounding: "binomial" | "taylor";
  /** Also decides what tokens are minted and burned by: the amount (half-up) or the scaled amount (directed). */
  readonly scaling: Scaling;
  /** Reserve-factor share: of the difference of two rounded debts, or of the rounded growth. */
  readonly treasuryAccrual: "difference" | "growth";
  /** Assets without virtual accounting are issued by the pool itself. */
  readonly issuedAssets: boolean;
  /** Which cash the rate strategy sees. */
  readonly rateCash: "real" | "virtual";
  /** The supply rate is derived from a weighted mean over stable and variable debt. */
  readonly overallRate: boolean;
  /** `ReserveDataUpdated` still reports a stable rate. */
  readonly stableRateReported: boolean;
  /** The pool knows deficits: written-off debt kept until covered. */
  readonly deficit: boolean;
  readonly closeFactor: "per-reserve" | "per-position";
  readonly debtValue: "floor" | "ceil";
  readonly healthFactor: "average" | "sum";
  /** When the collateral of a borrow is checked. */
  readonly borrowCheck: "before" | "after";
  /** A borrow inside a category needs the asset's own borrowing flag too. */
  readonly borrowingFlagInCategory: boolean;
  readonly seizure: "half-up" | "directed";
  readonly cappedRepayment: "half-up" | "ceil";
  /** How a liquidation decides that no collateral is left. */
  readonly exhaustion: "none" | "value" | "scaled";
  /** When the collateral reserve accrues in a liquidation. */
  readonly collateralAccrual: "on-payout" | "at-start";
  /** A same-asset liquidation books its treasury share twice (a defect of these releases). */
  readonly doubleTreasuryAccrual: boolean;
  readonly selfLiquidation: boolean;
  /** Receiving aTokens with a balance of 0 switches the collateral flag on. */
  readonly receiptEnablesCollateral: boolean;
  /** Whether the receiver's balance before counts scaled or rounded, for liquidators and for transfers. */
  readonly liquidatorBalance: "rounded" | "scaled";
  readonly transferBalance: "rounded" | "scaled";
  /** A self-liquidator who gets the whole collateral back as aTokens has the flag set again. */
  readonly selfLiquidationKeepsFlag: boolean;
  /** Which loan-to-value counts: the reserve's zero first, the category's, or the category's with isolation. */
  readonly effectiveLtv: "reserve-first" | "category" | "category-isolated";
  /** When the borrowing bit goes: the amount left is 0, or the scaled debt left is 0. */
  readonly borrowingBit: "amount" | "scaled";
  readonly flashPremium: "split" | "treasury-half-up" | "treasury-ceil";
  /** A flash loan is limited to the aToken supply. */
  readonly flashSupplyLimit: boolean;
  readonly balanceBits: bigint;
  readonly errors: "codes" | "names";
  /** A withdrawal clears an emptied collateral flag before it burns. */
  readonly withdrawClearsFirst: boolean;
  /** `BalanceTransfer` follows the collateral events of a transfer. */
  readonly balanceTransferLast: boolean;
  /** Which transfers reach the collateral hook. */
  readonly transferHook: "amount" | "scaled";
  readonly transferHealthCheck: "before-clearing" | "after-clearing";
  /** Repaying with aTokens: never clears the flag, always reports it cleared, or clears a set flag. */
  readonly repayFlag: "never" | "always" | "if-set";
  readonly repayHealthCheck: boolean;
  /** The collateral switch tests the balance before anything else. */
  readonly switchNeedsBalance: boolean;
  /** Borrow and flash loan recipients, own aToken as receiver: tested from 3.1. */
  readonly receiverChecks: boolean;
  /** Borrowing needs an aToken supply at least as large (from 3.1). */
  readonly borrowSupplyLimit: boolean;
  readonly graceSentinel: boolean;
  readonly categories: "single" | "bitmap";
  readonly categoryChange: "unconditional" | "debts" | "debts-and-collateral";
  /** Freezing: only the bit, parks the loan-to-value and gives it back, or parks it for good. */
  readonly freezing: "bit" | "parks-and-restores" | "parks";
  /** Changing the reserve factor accrues first and sets rates after. */
  readonly factorChangeSyncs: boolean;
  /** The test tokens of this generation report allowances on every pull. */
  readonly reportsAllowance: boolean;
  /** What a flag refusal for a zero loan-to-value is called. */
  readonly zeroLtvError: "UserInIsolationModeOrLtvZero" | "UserHasAssetWithZeroLtv";
}

const V3_0: Profile = {
  version: "3.0",
  compounding: "binomial",
  scaling: HALF_UP,
  treasuryAccrual: "difference",
  issuedAssets: false,
  rateCash: "real",
  overallRate: true,
  stableRateReported: true,
  deficit: false,
  closeFactor: "per-reserve",
  debtValue: "floor",
  healthFactor: "average",
  borrowCheck: "before",
  borrowingFlagInCategory: true,
  seizure: "half-up",
  cappedRepayment: "half-up",
  exhaustion: "none",
  collateralAccrual: "on-payout",
  doubleTreasuryAccrual: false,
  selfLiquidation: true,
  receiptEnablesCollateral: true,
  liquidatorBalance: "rounded",
  transferBalance: "rounded",
  selfLiquidationKeepsFlag: false,
  effectiveLtv: "reserve-first",
  borrowingBit: "amount",
  flashPremium: "split",
  flashSupplyLimit: false,
  balanceBits: 128n,
  errors: "codes",
  withdrawClearsFirst: true,
  balanceTransferLast: true,
  transferHook: "amount",
  transferHealthCheck: "before-clearing",
  repayFlag: "never",
  repayHealthCheck: false,
  switchNeedsBalance: true,
  receiverChecks: false,
  borrowSupplyLimit: false,
  graceSentinel: false,
  categories: "single",
  categoryChange: "unconditional",
  freezing: "bit",
  factorChangeSyncs: false,
  reportsAllowance: true,
  zeroLtvError: "UserInIsolationModeOrLtvZero",
};

const V3_1: Profile = {
  ...V3_0,
  version: "3.1",
  issuedAssets: true,
  rateCash: "virtual",
  stableRateReported: false,
  flashSupplyLimit: true,
  transferHook: "scaled",
  repayFlag: "always",
  receiverChecks: true,
  borrowSupplyLimit: true,
  graceSentinel: true,
  freezing: "parks-and-restores",
  factorChangeSyncs: true,
};

const V3_2: Profile = {
  ...V3_1,
  version: "3.2",
  overallRate: false,
  categories: "bitmap",
  categoryChange: "debts",
};

const V3_3: Profile = {
  ...V3_2,
  version: "3.3",
  deficit: true,
  closeFactor: "per-position",
  exhaustion: "value",
  selfLiquidationKeepsFlag: true,
  repayFlag: "if-set",
};

const V3_4: Profile = {
  ...V3_3,
  version: "3.4",
  issuedAssets: false,
  compounding: "taylor",
  selfLiquidation: false,
  liquidatorBalance: "scaled",
  selfLiquidationKeepsFlag: false,
  borrowingBit: "scaled",
  flashPremium: "treasury-half-up",
  balanceBits: 120n,
  errors: "names",
  balanceTransferLast: false,
  switchNeedsBalance: false,
};

const V3_5: Profile = {
  ...V3_4,
  version: "3.5",
  scaling: DIRECTED,
  treasuryAccrual: "growth",
  debtValue: "ceil",
  healthFactor: "sum",
  borrowCheck: "after",
  cappedRepayment: "ceil",
  collateralAccrual: "at-start",
  doubleTreasuryAccrual: true,
  transferBalance: "scaled",
  flashPremium: "treasury-ceil",
  withdrawClearsFirst: false,
  transferHealthCheck: "after-clearing",
  repayHealthCheck: true,
};

const V3_6: Profile = {
  ...V3_5,
  version: "3.6",
  borrowingFlagInCategory: false,
  receiptEnablesCollateral: false,
  effectiveLtv: "category",
  categoryChange: "debts-and-collateral",
  freezing: "parks",
};

const V3_7: Profile = {
  ...V3_6,
  version: "3.7",
  seizure: "directed",
  exhaustion: "scaled",
  doubleTreasuryAccrual: false,
  effectiveLtv: "category-isolated",
  reportsAllowance: false,
  zeroLtvError: "UserHasAssetWithZeroLtv",
};

/** All profiles, oldest first. */
export const PROFILES: readonly Profile[] = [V3_0, V3_1, V3_2, V3_3, V3_4, V3_5, V3_6, V3_7];

/**
 * Profile of a version as a header spells it: the number up to the first blank decides, by its first two parts.
 *
 * @throws {HeaderError} a version that no profile covers. Arithmetic of an unknown release is not guessed.
 */
export function profileFor(version: string): Profile {
  const number = version.split(" ", 1)[0] ?? "";
  const found = /^3\.\d+(\.\d+)?$/.test(number)
    ? PROFILES.find((profile) => number === profile.version || number.startsWith(`${profile.version}.`))
    : undefined;
  if (found) return found;
  throw new HeaderError(
    "version",
    `an Aave v3 release among ${PROFILES.map((profile) => profile.version).join(", ")}`,
    JSON.stringify(version),
  );
}
