import type { Mismatch } from "@shortfall/core";
import type { GoldenResult } from "./result.js";
import { GoldenTally } from "./tally.js";

/** What running one worked case found. */
export interface CaseOutcome {
  readonly id: string;
  readonly comparisons: number;
  readonly mismatches: readonly Mismatch[];
}

/** Checks a document of worked cases, case by case. @throws {ShortfallError} the document is malformed. */
export type CaseDocumentCheck = (document: Readonly<Record<string, unknown>>) => readonly CaseOutcome[];

/** Puts outcomes of cases in the form of a golden result; the case's id leads the field. */
export function caseResult(family: string, outcomes: readonly CaseOutcome[], keep = 20): GoldenResult {
  const tally = new GoldenTally(family, "cases", keep);
  for (const { id, mismatches } of outcomes) {
    for (const { field, recorded, computed } of mismatches) {
      tally.mismatch(0, { field: `${id}: ${field}`, recorded, computed });
    }
  }
  const comparisons = outcomes.reduce((sum, outcome) => sum + outcome.comparisons, 0);
  return { ...tally.result(), transactions: outcomes.length, comparisons };
}
