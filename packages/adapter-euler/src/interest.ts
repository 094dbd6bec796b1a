import { MAX_UINT256, RAY } from "@shortfall/math";
import { owedToAssetsUp } from "./amounts.js";
import { CONFIG_SCALE, DEBT_FRACTION_BITS, MAX_AMOUNT, MAX_INTEREST_RATE, MAX_OWED } from "./constants.js";

/** The totals that interest moves. */
export interface AccruedTotals {
  readonly cash: bigint;
  readonly totalShares: bigint;
  /** In 2^-31 of the asset's base unit. */
  readonly totalBorrowsOwed: bigint;
  /** Shares, part of `totalShares`. */
  readonly accumulatedFees: bigint;
  readonly interestAccumulator: bigint;
  /** Seconds since 1970. */
  readonly lastUpdate: bigint;
}

const HALF_RAY = RAY / 2n;
const POWER_LIMIT = 1n << 128n;

/**
 * base^exponent in ray by squaring, every product rounded half up. Undefined where the contract's assembly
 * flags an overflow (`RPow.rpow`).
 */
export function rayPower(baseRay: bigint, exponent: bigint): bigint | undefined {
  if (baseRay === 0n) return exponent === 0n ? RAY : 0n;
  let result = exponent & 1n ? baseRay : RAY;
  let square = baseRay;
  for (let n = exponent >> 1n; n !== 0n; n >>= 1n) {
    if (square >= POWER_LIMIT) return undefined;
    const squared = square * square + HALF_RAY;
    if (squared > MAX_UINT256) return undefined;
    square = squared / RAY;
    if (n & 1n) {
      const multiplied = result * square + HALF_RAY;
      if (multiplied > MAX_UINT256) return undefined;
      result = multiplied / RAY;
    }
  }
  return result;
}

/**
 * Totals of a vault as of `now` (`Cache.initVaultCache`). The stored rate works since `lastUpdate`; fees are
 * shares minted at the price after interest, and dilute every holder alike.
 *
 * Interest that would leave the storable range is not taken: the accumulator, the debt, or everything stays as
 * it was, as in the contract.
 */
export function accrue(
  totals: AccruedTotals,
  rateRay: bigint,
  interestFee: bigint,
  now: bigint,
): AccruedTotals {
  const seconds = now - totals.lastUpdate;
  if (seconds <= 0n) return totals;
  if (rateRay === 0n) return { ...totals, lastUpdate: now };
  const accumulator = nextAccumulator(totals.interestAccumulator, rateRay, seconds);
  const borrows = nextBorrows(totals.totalBorrowsOwed, totals.interestAccumulator, accumulator);
  if (borrows > MAX_OWED) return totals;
  const feeAssets =
    ((borrows - totals.totalBorrowsOwed) * interestFee) / (CONFIG_SCALE << DEBT_FRACTION_BITS);
  const shares =
    feeAssets === 0n ? totals.totalShares : sharesAfterFee(totals, owedToAssetsUp(borrows), feeAssets);
  const minted = shares <= MAX_AMOUNT ? shares - totals.totalShares : 0n;
  return {
    cash: totals.cash,
    totalShares: totals.totalShares + minted,
    totalBorrowsOwed: borrows,
    accumulatedFees: totals.accumulatedFees + minted,
    interestAccumulator: accumulator,
    lastUpdate: now,
  };
}

function nextAccumulator(accumulator: bigint, rateRay: bigint, seconds: bigint): bigint {
  const factor = rayPower(rateRay + RAY, seconds);
  if (factor === undefined) return accumulator;
  const grown = accumulator * factor;
  return grown > MAX_UINT256 ? accumulator : grown / RAY;
}

/** Times the new accumulator, then one division by the old. */
function nextBorrows(borrows: bigint, accumulator: bigint, grown: bigint): bigint {
  const scaled = borrows * grown;
  return scaled > MAX_UINT256 ? borrows : scaled / accumulator;
}

/** Without the virtual deposit: the fee is a share of what is really there. */
function sharesAfterFee(totals: AccruedTotals, loans: bigint, feeAssets: bigint): bigint {
  const assets = totals.cash + loans;
  return (assets * totals.totalShares) / (assets - feeAssets);
}

/** Rate model with one kink: base plus one slope below and another above it, in ray per second. */
export interface LinearKink {
  readonly baseRate: bigint;
  readonly slope1: bigint;
  readonly slope2: bigint;
  /** Utilisation of the kink; 2^32 − 1 is everything. */
  readonly kink: bigint;
}

const FULL_UTILISATION = (1n << 32n) - 1n;

/** Rate for the vault's cash and debt (rounded up), capped as the vault does (`IRMLinearKink.computeInterestRate`). */
export function linearKinkRate(model: LinearKink, cash: bigint, borrows: bigint): bigint {
  const total = cash + borrows;
  const utilisation = total === 0n ? 0n : (borrows * FULL_UTILISATION) / total;
  const rate =
    utilisation <= model.kink
      ? model.baseRate + utilisation * model.slope1
      : model.baseRate + model.kink * model.slope1 + (utilisation - model.kink) * model.slope2;
  return rate > MAX_INTEREST_RATE ? MAX_INTEREST_RATE : rate;
}
