import { ShortfallError } from "@shortfall/core";

/** A description of evidence that does not say what it must. */
export class EvidenceError extends ShortfallError {
  readonly code = "SF_EVIDENCE";

  constructor(
    readonly file: string,
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`${file}, ${field}: expected ${expected}, got ${received}.`);
  }
}
