import { ShortfallError } from "@shortfall/core";

/** A claim list that no tree can be built from. */
export class ClaimError extends ShortfallError {
  readonly code = "SF_CLAIM";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Claim ${field}: expected ${expected}, got ${received}.`);
  }
}
