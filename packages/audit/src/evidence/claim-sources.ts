import type { EvidenceFinding } from "./kind.js";
import { type EvidenceUnit, show } from "./unit.js";

/** What an account may collect in a market, or held there, and what that pays. */
export interface Claim {
  readonly market: string;
  readonly account: string;
  readonly amount: bigint;
  readonly payout: bigint;
}

export const claimKey = ({ market, account }: Claim): string => `${market} ${account}`;

/** Claims set against the balances they were made from. */
export interface Explanation {
  /** Claims with another amount than the balance, or without one. */
  readonly unexplained: readonly (Claim & { readonly held: bigint | undefined })[];
  /** Balances without a claim. */
  readonly unpaid: readonly Claim[];
  /** What the balances pay. */
  readonly sourcePayout: bigint;
  /** What the unexplained claims pay beyond their balances. */
  readonly extra: bigint;
}

export function explainClaims(claims: readonly Claim[], sources: readonly Claim[]): Explanation {
  const balances = new Map(sources.map((source) => [claimKey(source), source] as const));
  const claimed = new Set(claims.map(claimKey));
  const unexplained = claims
    .map((claim) => ({ ...claim, held: balances.get(claimKey(claim))?.amount }))
    .filter(({ amount, held }) => amount !== held);
  return {
    unexplained,
    unpaid: sources.filter((source) => !claimed.has(claimKey(source))),
    sourcePayout: sources.reduce((sum, { payout }) => sum + payout, 0n),
    extra: unexplained.reduce(
      (sum, claim) => sum + claim.payout - (balances.get(claimKey(claim))?.payout ?? 0n),
      0n,
    ),
  };
}

/** @param budget what is left of it for the claims that are set against balances. */
export const explanationFigures = (explanation: Explanation, budget: bigint) => ({
  unexplained: explanation.unexplained,
  unexplainedPayout: explanation.extra,
  sourcePayout: explanation.sourcePayout,
  spareWithoutUnexplained: budget - explanation.sourcePayout,
  unpaid: explanation.unpaid.length,
});

/** @param budget as for `explanationFigures`. */
export function explanationFindings(
  { unexplained, unpaid, sourcePayout, extra }: Explanation,
  budget: bigint,
  unit: EvidenceUnit,
): EvidenceFinding[] {
  const findings: EvidenceFinding[] = [
    ...unexplained.map(({ account, market, amount, held, payout }) => ({
      severity: "differs" as const,
      class: "unexplained-claim",
      message: `${account} may claim ${amount} of ${market || "the list"}; the balances say ${held ?? "nothing"}. It pays ${show(payout, unit)}.`,
    })),
    ...unpaid.map(({ account, market, amount }) => ({
      severity: "differs" as const,
      class: "unpaid-balance",
      message: `${account} held ${amount} of ${market || "the list"} and has no claim.`,
    })),
  ];
  const spare = budget - sourcePayout;
  const one = 10n ** BigInt(unit.decimals);
  if (extra !== 0n && spare >= 0n && spare < one && budget % one === 0n) {
    findings.push({
      severity: "note",
      class: "budget-without-extras",
      message: `The budget is what the balances pay, ${show(sourcePayout, unit)}, rounded up to whole tokens: without the unexplained claims ${show(spare, unit)} are to spare.`,
    });
  }
  return findings;
}
