import { checkWaterfallCases } from "@shortfall/policies";
import { checkRiskCases } from "@shortfall/risk";
import type { CaseDocumentCheck } from "@shortfall/testing";

/** A format of worked cases and the family its results are listed under. */
export interface CaseFormat {
  readonly family: string;
  readonly check: CaseDocumentCheck;
}

/** Documents of worked cases that `conform` can check, by their `format`. */
export const CASE_FORMATS: ReadonlyMap<string, CaseFormat> = new Map<string, CaseFormat>([
  ["shortfall-waterfall-cases/1", { family: "waterfalls", check: checkWaterfallCases }],
  ["shortfall-risk-cases/1", { family: "risk", check: checkRiskCases }],
]);
