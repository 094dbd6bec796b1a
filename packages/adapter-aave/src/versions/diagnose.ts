import type { ChainTransaction, Finding, HistoryHeader } from "@shortfall/core";
import { isShortfallError } from "@shortfall/core";
import { compoundFactorRay, linearFactorRay } from "../accrual.js";
import { rayMul } from "../arithmetic.js";
import { AaveModel } from "../model.js";
import { PROFILES, type Profile } from "../profiles.js";

/** Two readings of a reserve's indexes with one accrual between them. Ray; rates are those in force between. */
export interface IndexTransition {
  readonly seconds: bigint;
  readonly liquidityIndexBeforeRay: bigint;
  readonly liquidityRateRay: bigint;
  readonly liquidityIndexAfterRay: bigint;
  readonly borrowIndexBeforeRay: bigint;
  readonly borrowRateRay: bigint;
  readonly borrowIndexAfterRay: bigint;
}

/** What one release would have stored. */
export interface IndexDiagnosis {
  readonly profile: Profile;
  readonly liquidityIndexRay: bigint;
  readonly borrowIndexRay: bigint;
  /** Computed minus recorded; 0 on both sides means that this release fits to the ray. */
  readonly liquidityDifferenceRay: bigint;
  readonly borrowDifferenceRay: bigint;
  readonly fits: boolean;
}

/** Recomputes a transition under every release. */
export function diagnoseIndexes(transition: IndexTransition): IndexDiagnosis[] {
  const { seconds } = transition;
  return PROFILES.map((profile) => {
    const liquidityIndexRay = rayMul(
      linearFactorRay(transition.liquidityRateRay, seconds),
      transition.liquidityIndexBeforeRay,
    );
    const borrowIndexRay = rayMul(
      compoundFactorRay(transition.borrowRateRay, seconds, profile.compounding),
      transition.borrowIndexBeforeRay,
    );
    const liquidityDifferenceRay = liquidityIndexRay - transition.liquidityIndexAfterRay;
    const borrowDifferenceRay = borrowIndexRay - transition.borrowIndexAfterRay;
    const fits = liquidityDifferenceRay === 0n && borrowDifferenceRay === 0n;
    return {
      profile,
      liquidityIndexRay,
      borrowIndexRay,
      liquidityDifferenceRay,
      borrowDifferenceRay,
      fits,
    };
  });
}

/** How far one release explains a history. */
export interface HistoryDiagnosis {
  readonly version: string;
  /** Transactions explained before the first that is not, or all. */
  readonly explained: number;
  readonly complete: boolean;
  /** What stopped it. */
  readonly finding?: Finding;
  /** Why the release cannot be tried at all. */
  readonly refused?: string;
}

/**
 * Re-executes a history under every release and says how far each one gets, the best first. A wrong release
 * named in a header shows as one that stops while another goes on.
 */
export function diagnoseHistory(
  header: HistoryHeader,
  transactions: readonly ChainTransaction[],
): HistoryDiagnosis[] {
  return PROFILES.map((profile) => explainUnder(profile, header, transactions)).sort(
    (a, b) => b.explained - a.explained || (a.version < b.version ? 1 : -1),
  );
}

function explainUnder(
  profile: Profile,
  header: HistoryHeader,
  transactions: readonly ChainTransaction[],
): HistoryDiagnosis {
  const { version } = profile;
  try {
    const model = new AaveModel({ ...header, version });
    for (const [explained, transaction] of transactions.entries()) {
      const finding = model.observe(transaction).findings.find((entry) => entry.severity !== "note");
      if (finding !== undefined) return { version, explained, complete: false, finding };
    }
    return { version, explained: transactions.length, complete: true };
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    return { version, explained: 0, complete: false, refused: error.message };
  }
}
