import { BPS, divUp } from "@shortfall/math";

export interface ExitAvoidance {
  /** What the withdrawal got, rounded down. */
  readonly paidOut: bigint;
  /** What it would have got after the write-off. */
  readonly counterfactual: bigint;
  readonly avoidedLoss: bigint;
  /** Haircut of those who stayed, and of all had nobody left; rounded up. */
  readonly remainingHaircutBpsCeil: bigint;
  readonly fairHaircutBpsCeil: bigint;
}

/** What a withdrawal at the old price, before a write-off, left to the others. Reported, never accused. */
export function exitAvoidance(
  totalAssets: bigint,
  totalShares: bigint,
  withdrawnShares: bigint,
  loss: bigint,
): ExitAvoidance {
  const paidOut = (withdrawnShares * totalAssets) / totalShares;
  const counterfactual = (withdrawnShares * (totalAssets - loss)) / totalShares;
  const left = totalAssets - paidOut;
  return {
    paidOut,
    counterfactual,
    avoidedLoss: paidOut - counterfactual,
    remainingHaircutBpsCeil: left === 0n ? 0n : divUp(loss * BPS, left),
    fairHaircutBpsCeil: divUp(loss * BPS, totalAssets),
  };
}

export interface RecoverySniping {
  readonly shares: bigint;
  readonly valueAfterRecovery: bigint;
  /** Part of the recovery that went to a deposit made after the loss. */
  readonly captured: bigint;
}

/** What a deposit between write-off and recovery takes of the recovery, where it goes to current holders. */
export function recoverySniping(
  totalAssets: bigint,
  totalShares: bigint,
  deposit: bigint,
  recovery: bigint,
): RecoverySniping {
  const shares = (deposit * totalShares) / totalAssets;
  const valueAfterRecovery = (shares * (totalAssets + deposit + recovery)) / (totalShares + shares);
  return { shares, valueAfterRecovery, captured: valueAfterRecovery - deposit };
}
