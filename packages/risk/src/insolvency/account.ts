import { BPS, max, min } from "@shortfall/math";
import { ratio } from "../fraction.js";

/** One posted collateral; values of a call share one unit. */
export interface PostedCollateral {
  readonly value: bigint;
  readonly ltBps: bigint;
  readonly bonusBps: bigint;
}

/**
 * Distance of an account to a loss, worst last. `spread-insolvent` is the class that a health factor does not
 * show: equity is positive, yet any full liquidation at the bonus leaves a deficit.
 */
export type AccountClass =
  | "no-debt"
  | "healthy"
  | "liquidatable"
  | "spread-insolvent"
  | "insolvent"
  | "bad-debt";

export interface AccountStatus {
  readonly class: AccountClass;
  /** collateral − debt. */
  readonly equity: bigint;
  /** What seizure would repay, at most the debt. Floored per collateral. */
  readonly recoverable: bigint;
  /** debt − recoverable. */
  readonly expectedBadDebt: bigint;
  /** What the debt exceeds all collateral by. */
  readonly balanceSheetShortfall: bigint;
  /** For showing; null without debt. Classes are decided in integers. */
  readonly healthFactor: number | null;
  /** No collateral's threshold lets a healthy account be unable to repay through liquidation. */
  readonly wellPosed: boolean;
}

/** Status of one account. Each collateral pays its own bonus; a health factor of exactly 1 is healthy. */
export function accountStatus(collateral: readonly PostedCollateral[], debt: bigint): AccountStatus {
  let total = 0n;
  let weighted = 0n;
  let seizable = 0n;
  let wellPosed = true;
  for (const { value, ltBps, bonusBps } of collateral) {
    total += value;
    weighted += value * ltBps;
    seizable += (value * BPS) / (BPS + bonusBps);
    if (ltBps * (BPS + bonusBps) >= BPS * BPS) wellPosed = false;
  }
  return {
    class: classify(total, weighted, seizable, debt),
    equity: total - debt,
    recoverable: min(seizable, debt),
    expectedBadDebt: max(0n, debt - seizable),
    balanceSheetShortfall: max(0n, debt - total),
    healthFactor: debt === 0n ? null : ratio(weighted, BPS * debt),
    wellPosed,
  };
}

function classify(total: bigint, weighted: bigint, seizable: bigint, debt: bigint): AccountClass {
  if (debt === 0n) return "no-debt";
  if (total === 0n) return "bad-debt";
  if (total < debt) return "insolvent";
  if (seizable < debt) return "spread-insolvent";
  return weighted < debt * BPS ? "liquidatable" : "healthy";
}
