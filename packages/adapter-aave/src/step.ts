import type { PredictedLog } from "@shortfall/core";
import type { Market } from "./market.js";
import type { Profile } from "./profiles.js";
import { Refusal } from "./refusal.js";
import type { Reserve } from "./reserve.js";
import type { StakeToken } from "./stake-token.js";

/** An accrual as it happened inside an operation; the journal posts it as an entry of its own. */
export interface Accrual {
  readonly reserve: Reserve;
  readonly liquidityIndexRay: bigint;
  readonly borrowIndexRay: bigint;
  readonly supplyScaled: bigint;
  readonly debtScaled: bigint;
  readonly treasuryScaled: bigint;
  /** Treasury share booked a second time by the releases that do so, in scaled units. */
  readonly duplicateScaled: bigint;
}

/** Debt written off inside an operation. */
export interface DeficitCreated {
  readonly reserve: Reserve;
  readonly account: number;
  readonly amountAssets: bigint;
  /** Unpaid interest forgiven on top (assets the pool issues itself). */
  readonly forgivenAssets: bigint;
}

export interface DeficitCovered {
  readonly reserve: Reserve;
  readonly account: number;
  readonly amountAssets: bigint;
}

/** A stake token paid for a deficit. */
export interface Slash {
  readonly stake: StakeToken;
  readonly reserve: Reserve;
  /** Staked tokens taken. */
  readonly takenAssets: bigint;
  /** What prices imply should have been taken; what was taken, where they are unknown. */
  readonly recomputedAssets: bigint;
  /** Deficit they stand for, in the reserve's asset. */
  readonly coveredAssets: bigint;
  readonly feeAssets: bigint;
}

/** What an operation did, beyond the state itself: for the journal, the register and the reports. */
export class Effects {
  readonly accruals: Accrual[] = [];
  readonly touched = new Set<Reserve>();
  /** Share movements by reserve: each may leave a rounding remainder. */
  readonly moves = new Map<Reserve, number>();
  /** Value that entered (+) or left (−) the books from outside, by reserve: minted and burned, flash loans. */
  readonly outside = new Map<Reserve, bigint>();
  readonly donations = new Map<Reserve, bigint>();
  readonly created: DeficitCreated[] = [];
  readonly covered: DeficitCovered[] = [];
  readonly slashes: Slash[] = [];
  /** Stake tokens whose books moved. */
  readonly stakes = new Set<StakeToken>();
  /** Differences between what was observed and what prices imply. */
  readonly doubts: string[] = [];

  moved(reserve: Reserve): void {
    this.touched.add(reserve);
    this.moves.set(reserve, (this.moves.get(reserve) ?? 0) + 1);
  }

  fromOutside(reserve: Reserve, assets: bigint): void {
    this.touched.add(reserve);
    this.outside.set(reserve, (this.outside.get(reserve) ?? 0n) + assets);
  }

  donated(reserve: Reserve, assets: bigint): void {
    this.touched.add(reserve);
    this.donations.set(reserve, (this.donations.get(reserve) ?? 0n) + assets);
  }
}

/** Refusals with a numeric code up to 3.3. */
const CODES: Readonly<Record<string, number>> = {
  InvalidReserveParams: 20,
  InvalidMintAmount: 24,
  InvalidBurnAmount: 25,
  InvalidAmount: 26,
  ReserveInactive: 27,
  ReserveFrozen: 28,
  ReservePaused: 29,
  BorrowingNotEnabled: 30,
  NotEnoughAvailableUserBalance: 32,
  CollateralBalanceIsZero: 34,
  HealthFactorLowerThanLiquidationThreshold: 35,
  CollateralCannotCoverNewBorrow: 36,
  NoDebtOfSelectedType: 39,
  NoExplicitAmountToRepayOnBehalf: 40,
  UnderlyingBalanceZero: 43,
  HealthFactorNotBelowThreshold: 45,
  CollateralCannotBeLiquidated: 46,
  SpecifiedCurrencyNotBorrowedByUser: 47,
  BorrowCapExceeded: 50,
  SupplyCapExceeded: 51,
  LtvValidationFailed: 57,
  InconsistentEModeCategory: 58,
  UserInIsolationModeOrLtvZero: 62,
  FlashloanPremiumInvalid: 19,
  InvalidReserveFactor: 67,
  InvalidBorrowCap: 68,
  InvalidSupplyCap: 69,
  InvalidLiquidationProtocolFee: 70,
  OperationNotSupported: 80,
  InvalidOptimalUsageRatio: 83,
  FlashloanDisabled: 91,
  InvalidMaxRate: 92,
  WithdrawToAToken: 93,
  SupplyToAToken: 94,
  Slope2MustBeGteSlope1: 95,
  LiquidationGraceSentinelCheckFailed: 97,
  InvalidGracePeriod: 98,
  InvalidFreezeState: 99,
  NotBorrowableInEMode: 100,
  CallerNotUmbrella: 101,
  ReserveNotInDeficit: 102,
  MustNotLeaveDust: 103,
  UserCannotHaveDebt: 104,
};

/**
 * One operation under way: the state it works on, its time, and what it has logged so far.
 *
 * `guard` is whether the contract's own conditions are tested. `execute` tests them; `observe` knows that the
 * call went through, and must not depend on prices.
 */
export class Step {
  readonly market: Market;
  readonly profile: Profile;
  /** Block time in seconds. */
  readonly now: bigint;
  readonly guard: boolean;
  readonly logs: PredictedLog[] = [];
  readonly effects = new Effects();

  /** `profile` differs from the market's only where another release is tried on it. */
  constructor(market: Market, nowSeconds: bigint, guard: boolean, profile: Profile = market.profile) {
    this.market = market;
    this.profile = profile;
    this.now = nowSeconds;
    this.guard = guard;
  }

  emit(address: string, name: string, args: PredictedLog["args"]): void {
    this.logs.push({ address, name, args });
  }

  /** Reverts with an error of the pool, spelt as this release spells it. */
  refuse(error: string, ...args: readonly (string | bigint)[]): never {
    throw new Refusal(
      this.profile.errors === "codes" && CODES[error] !== undefined
        ? `Error(${CODES[error]})`
        : `${error}(${args.join(",")})`,
    );
  }

  /** Tests a condition of the contract, where conditions are tested. */
  require(condition: boolean, error: string, ...args: readonly (string | bigint)[]): void {
    if (this.guard && !condition) this.refuse(error, ...args);
  }

  /** `value`, if it fits the width; else the narrowing refusal of this release. */
  narrow(value: bigint, bits: bigint): bigint {
    if (value >> bits === 0n) return value;
    throw new Refusal(
      this.profile.errors === "codes"
        ? `Error(SafeCast: value doesn't fit in ${bits} bits)`
        : `SafeCastOverflowedUintDowncast(${bits},${value})`,
    );
  }
}
