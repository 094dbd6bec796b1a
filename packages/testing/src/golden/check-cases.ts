import type { Mismatch } from "@shortfall/core";
import type { GoldenResult } from "./result.js";
import { GoldenTally } from "./tally.js";

/** A value of a worked case that does not come out as recorded. */
export interface CaseMismatch extends Mismatch {
  /** Id of the case. */
  readonly case: string;
}

/** What a checker of worked cases reports about a whole document. */
export interface CaseReport {
  /** Number of cases in the document. */
  readonly cases: number;
  readonly comparisons: number;
  readonly mismatches: readonly CaseMismatch[];
}

/** Checks a document of worked cases. */
export type CaseCheck = (document: Readonly<Record<string, unknown>>) => CaseReport;

/** Puts a report on cases in the form of a golden result; the case's id leads the field. */
export function caseResult(family: string, report: CaseReport, keep = 20): GoldenResult {
  const tally = new GoldenTally(family, "cases", keep);
  for (const { case: id, field, recorded, computed } of report.mismatches) {
    tally.mismatch(0, { field: `${id}: ${field}`, recorded, computed });
  }
  return { ...tally.result(), transactions: report.cases, comparisons: report.comparisons };
}
