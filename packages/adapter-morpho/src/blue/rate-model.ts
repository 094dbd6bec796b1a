import { WAD } from "@shortfall/math";
import { wDivDown } from "./arithmetic.js";
import { SECONDS_PER_YEAR } from "./constants.js";

/**
 * How a market's rate comes about: the adaptive curve, utilisation a year (a contract for tests), none, or a
 * contract that is not modelled, whose rate is read from AccrueInterest.
 */
export type RateModel = "adaptive" | "mock" | "none" | "reported";

/** What a rate depends on. */
export interface RateInputs {
  readonly totalSupplyAssets: bigint;
  readonly totalBorrowAssets: bigint;
  /** State of the adaptive curve; 0 before its first use. Wad a second. */
  readonly rateAtTarget: bigint;
  /** Seconds since the market's last update. */
  readonly elapsed: bigint;
}

const CURVE_STEEPNESS = 4n * WAD;
const TARGET_UTILISATION = (9n * WAD) / 10n;
const ADJUSTMENT_SPEED = (50n * WAD) / SECONDS_PER_YEAR;
const INITIAL_RATE_AT_TARGET = (WAD * 4n) / 100n / SECONDS_PER_YEAR;
const MIN_RATE_AT_TARGET = WAD / 1000n / SECONDS_PER_YEAR;
const MAX_RATE_AT_TARGET = (2n * WAD) / SECONDS_PER_YEAR;

const LN_2 = 693_147_180_559_945_309n;
const LN_SMALLEST = -41_446_531_673_892_822_312n;
const EXP_UPPER_BOUND = 93_859_467_695_000_404_319n;
const EXP_UPPER_VALUE = 57_716_089_161_558_943_949_701_069_502_944_508_345_128_422_502_756_744_429_568n;

/** e^x by one reduction and a second-order polynomial (ExpLib.wExp). Wad in, wad out. */
export function expWad(x: bigint): bigint {
  if (x < LN_SMALLEST) return 0n;
  if (x >= EXP_UPPER_BOUND) return EXP_UPPER_VALUE;
  const half = LN_2 / 2n;
  const quotient = (x < 0n ? x - half : x + half) / LN_2;
  const rest = x - quotient * LN_2;
  const power = WAD + rest + (rest * rest) / WAD / 2n;
  return quotient >= 0n ? power << quotient : power >> -quotient;
}

const clampTarget = (rate: bigint): bigint =>
  rate < MIN_RATE_AT_TARGET ? MIN_RATE_AT_TARGET : rate > MAX_RATE_AT_TARGET ? MAX_RATE_AT_TARGET : rate;

/**
 * Average borrow rate since the last update and the curve's next state (AdaptiveCurveIrm._borrowRate). Signed
 * divisions go toward zero. Wad a second.
 */
export function adaptiveRate(inputs: RateInputs): { readonly rate: bigint; readonly rateAtTarget: bigint } {
  const utilisation =
    inputs.totalSupplyAssets > 0n ? wDivDown(inputs.totalBorrowAssets, inputs.totalSupplyAssets) : 0n;
  const norm = utilisation > TARGET_UTILISATION ? WAD - TARGET_UTILISATION : TARGET_UTILISATION;
  const error = ((utilisation - TARGET_UTILISATION) * WAD) / norm;
  let average: bigint;
  let end: bigint;
  if (inputs.rateAtTarget === 0n) {
    average = INITIAL_RATE_AT_TARGET;
    end = INITIAL_RATE_AT_TARGET;
  } else {
    const start = inputs.rateAtTarget;
    const adaptation = ((ADJUSTMENT_SPEED * error) / WAD) * inputs.elapsed;
    if (adaptation === 0n) {
      average = start;
      end = start;
    } else {
      const after = (exponent: bigint): bigint => clampTarget((start * expWad(exponent)) / WAD);
      end = after(adaptation);
      average = (start + end + 2n * after(adaptation / 2n)) / 4n;
    }
  }
  const coefficient = error < 0n ? WAD - (WAD * WAD) / CURVE_STEEPNESS : CURVE_STEEPNESS - WAD;
  return { rate: (((coefficient * error) / WAD + WAD) * average) / WAD, rateAtTarget: end };
}

/** Utilisation spread over a year, as the test contract does. Wad a second. */
export const utilisationRate = (inputs: RateInputs): bigint =>
  inputs.totalSupplyAssets === 0n
    ? 0n
    : wDivDown(inputs.totalBorrowAssets, inputs.totalSupplyAssets) / SECONDS_PER_YEAR;
