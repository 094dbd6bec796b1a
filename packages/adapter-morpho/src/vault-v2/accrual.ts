import { min, OutOfRangeError, requireUint128, WAD, zeroFloorSub } from "@shortfall/math";
import { sharesDown } from "../vault/share-price.js";

const SECONDS_PER_YEAR = 31_536_000n;
/** Fastest growth of a vault's total: 200 % a year. Wad a second. */
export const MAX_MAX_RATE = (2n * WAD) / SECONDS_PER_YEAR;
/** Wad of interest. */
export const MAX_PERFORMANCE_FEE = WAD / 2n;
/** Wad of assets a second: 5 % a year. */
export const MAX_MANAGEMENT_FEE = WAD / 20n / SECONDS_PER_YEAR;
/** Wad of assets that are forced out of a market. */
export const MAX_FORCE_DEALLOCATE_PENALTY = WAD / 50n;

/** What a Morpho Vault V2 stores of its share price. */
export interface VaultV2State {
  /** `_totalAssets`, as of the last accrual. */
  readonly totalAssets: bigint;
  readonly totalSupply: bigint;
  /** 10^max(0, 18 − decimals of the asset). */
  readonly virtualShares: bigint;
  /** Seconds. */
  readonly lastUpdate: bigint;
  /** Most by which the total may grow. Wad a second. */
  readonly maxRate: bigint;
  readonly performanceFee: bigint;
  readonly managementFee: bigint;
  /** Whether each fee's recipient may receive shares; a fee that cannot be paid is not charged. */
  readonly canPayPerformanceFee: boolean;
  readonly canPayManagementFee: boolean;
  /** Total at the first accrual of the transaction in progress; 0 before it. */
  readonly firstTotalAssets: bigint;
}

/** What an accrual did. */
export interface VaultV2Accrual {
  readonly state: VaultV2State;
  readonly interest: bigint;
  /** By how much the total fell, at once and for all holders alike. */
  readonly loss: bigint;
  /** What is there beyond the cap on growth and is not counted yet. */
  readonly withheld: bigint;
  readonly performanceFeeShares: bigint;
  readonly managementFeeShares: bigint;
}

/**
 * VaultV2.accrueInterest: a loss counts at once, a gain no faster than `maxRate`. Only the first of a
 * transaction does anything, so that a loss within a transaction is seen in the next one.
 *
 * `realAssets`: idle tokens and what all adapters report. Rounds down throughout; both fees are minted from
 * the supply before either, and the vault keeps their dust.
 *
 * @throws {OutOfRangeError} time runs backwards, or the total leaves uint128.
 */
export function accrueVaultV2(state: VaultV2State, realAssets: bigint, time: bigint): VaultV2Accrual {
  const unchanged = {
    interest: 0n,
    loss: 0n,
    withheld: 0n,
    performanceFeeShares: 0n,
    managementFeeShares: 0n,
  };
  if (state.firstTotalAssets !== 0n) return { state, ...unchanged };
  const elapsed = time - state.lastUpdate;
  if (elapsed < 0n) throw new OutOfRangeError("Time since the last accrual", elapsed, "uint64");
  const cap = state.totalAssets + (state.totalAssets * elapsed * state.maxRate) / WAD;
  const totalAssets = requireUint128(min(realAssets, cap), "Total assets of the vault");
  const interest = zeroFloorSub(totalAssets, state.totalAssets);
  const performanceFee = state.canPayPerformanceFee ? (interest * state.performanceFee) / WAD : 0n;
  // Charged on the total, so also while it falls.
  const managementFee = state.canPayManagementFee ? (totalAssets * elapsed * state.managementFee) / WAD : 0n;
  const base = {
    totalAssets: totalAssets - performanceFee - managementFee,
    totalSupply: state.totalSupply,
    virtualShares: state.virtualShares,
  };
  const performanceFeeShares = sharesDown(performanceFee, base);
  const managementFeeShares = sharesDown(managementFee, base);
  return {
    state: {
      ...state,
      totalAssets,
      totalSupply: state.totalSupply + performanceFeeShares + managementFeeShares,
      lastUpdate: time,
      firstTotalAssets: totalAssets,
    },
    interest,
    loss: zeroFloorSub(state.totalAssets, totalAssets),
    withheld: zeroFloorSub(realAssets, totalAssets),
    performanceFeeShares,
    managementFeeShares,
  };
}

/** The state as the next transaction finds it. */
export const nextTransaction = (state: VaultV2State): VaultV2State => ({ ...state, firstTotalAssets: 0n });
