import { mulDivDown, mulDivHalfUp, mulDivUp, RAY } from "@shortfall/math";
import type { Market } from "../market.js";
import type { Profile } from "../profiles.js";
import type { Reserve } from "../reserve.js";
import type { StakeToken } from "../stake-token.js";
import type { Accrual } from "../step.js";

/** A reserve's control totals in base units, at stored indexes. */
export interface ReservePosition {
  readonly cash: bigint;
  readonly loans: bigint;
  readonly deficit: bigint;
  readonly suppliers: bigint;
  readonly treasury: bigint;
}

/** Book value of aTokens or of the treasury's accrual; rounds as the release does. */
export const claimAssets = (profile: Profile, scaled: bigint, indexRay: bigint): bigint =>
  profile.scaling.kind === "half-up"
    ? mulDivHalfUp(scaled, indexRay, RAY)
    : mulDivDown(scaled, indexRay, RAY);

/** Book value of debt; rounds as the release does. */
export const debtAssets = (profile: Profile, scaled: bigint, indexRay: bigint): bigint =>
  profile.scaling.kind === "half-up" ? mulDivHalfUp(scaled, indexRay, RAY) : mulDivUp(scaled, indexRay, RAY);

/** The totals as they stand. Loans are the pool's total, not the sum of the accounts' roundings. */
export function positionOf(market: Market, reserve: Reserve): ReservePosition {
  const { profile } = market;
  const liquidityIndex = reserve.liquidityIndexRay;
  return {
    cash: market.cash(reserve),
    loans: debtAssets(profile, reserve.debtScaled, reserve.borrowIndexRay),
    deficit: reserve.deficitAssets,
    suppliers: claimAssets(profile, reserve.supplyScaled, liquidityIndex),
    treasury: claimAssets(profile, reserve.treasuryScaled, liquidityIndex),
  };
}

/** The totals right after an accrual, the second treasury share left out. */
export function positionAfterAccrual(
  market: Market,
  before: ReservePosition,
  accrual: Accrual,
): { readonly single: ReservePosition; readonly doubled: ReservePosition } {
  const { profile } = market;
  const treasury = (scaled: bigint): bigint => claimAssets(profile, scaled, accrual.liquidityIndexRay);
  const single: ReservePosition = {
    cash: before.cash,
    deficit: before.deficit,
    loans: debtAssets(profile, accrual.debtScaled, accrual.borrowIndexRay),
    suppliers: claimAssets(profile, accrual.supplyScaled, accrual.liquidityIndexRay),
    treasury: treasury(accrual.treasuryScaled - accrual.duplicateScaled),
  };
  return { single, doubled: { ...single, treasury: treasury(accrual.treasuryScaled) } };
}

/** A stake token's control totals, in the staked token. */
export interface StakePosition {
  readonly cash: bigint;
  readonly holders: bigint;
}

export const stakePositionOf = (market: Market, stake: StakeToken): StakePosition => ({
  cash: stake.wallets.get(market.account(stake.address)),
  holders: stake.totalAssets,
});
