import { WAD } from "@shortfall/math";
import { divide, multiply, wadDiv, wadMul } from "./arithmetic.js";
import type { Market } from "./market.js";
import { refuseText } from "./refusal.js";
import { exchangeRateStored } from "./valuation.js";

/**
 * Share tokens that repaying `repayAssets` of one market takes of another, rounded down at each of four
 * divisions, so the borrower keeps the dust.
 *
 * Mirrors Comptroller.liquidateCalculateSeizeTokens. The collateral's rate is read after the repayment, which
 * matters where both are one market.
 */
export function seizeTokensDown(
  borrowed: Market,
  collateral: Market,
  incentiveWad: bigint,
  repayAssets: bigint,
): bigint {
  if (borrowed.price === 0n || collateral.price === 0n)
    refuseText("LIQUIDATE_COMPTROLLER_CALCULATE_AMOUNT_SEIZE_FAILED");
  const numerator = wadMul(incentiveWad, borrowed.price);
  const denominator = wadMul(collateral.price, exchangeRateStored(collateral));
  return wadMul(wadDiv(numerator, denominator), repayAssets);
}

/** Part of seized tokens that the protocol takes (Compound v2): seize·share/1e18, rounded down. */
export const protocolTokensDown = (seizeTokens: bigint, shareWad: bigint): bigint =>
  wadMul(seizeTokens, shareWad);

/**
 * The same in Venus, where the share is of the incentive-free amount:
 * floor(floor(seize·share/1e18)·1e18/incentive).
 */
export const protocolTokensOfIncentiveDown = (
  seizeTokens: bigint,
  shareWad: bigint,
  incentiveWad: bigint,
): bigint => divide(multiply(wadMul(seizeTokens, shareWad), WAD), incentiveWad);
