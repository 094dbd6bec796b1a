import type { Mismatch } from "@shortfall/core";
import { checkWaterfallCases } from "@shortfall/policies";
import { checkRiskCases } from "@shortfall/risk";
import type { CaseCheck } from "@shortfall/testing";

/** A format of worked cases and the family its results are listed under. */
export interface CaseFormat {
  readonly family: string;
  readonly check: CaseCheck;
}

/** Documents of worked cases that `conform` can check, by their `format`. */
export const CASE_FORMATS: ReadonlyMap<string, CaseFormat> = new Map<string, CaseFormat>([
  ["shortfall-waterfall-cases/1", { family: "waterfalls", check: inTotal(checkWaterfallCases) }],
  ["shortfall-risk-cases/1", { family: "risk", check: inTotal(checkRiskCases) }],
]);

interface CheckedCase {
  readonly id: string;
  readonly comparisons: number;
  readonly mismatches: readonly Mismatch[];
}

/** One report on a whole document, from results case by case. */
function inTotal(check: (document: unknown) => readonly CheckedCase[]): CaseCheck {
  return (document) => {
    const results = check(document);
    return {
      cases: results.length,
      comparisons: results.reduce((sum, { comparisons }) => sum + comparisons, 0),
      mismatches: results.flatMap(({ id, mismatches }) =>
        mismatches.map((mismatch) => ({ case: id, ...mismatch })),
      ),
    };
  };
}
