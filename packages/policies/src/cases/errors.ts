import { ShortfallError } from "@shortfall/math";

/** A document of worked cases is not what it must be. */
export class CaseError extends ShortfallError {
  readonly code = "SF_WATERFALL_CASE";

  constructor(
    /** Id of the case, or empty for the document itself. */
    readonly caseId: string,
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(
      `${caseId === "" ? "Cases document" : `Case "${caseId}"`}, field "${field}": expected ${expected}, got ${received}.`,
    );
  }
}
