import { ShortfallError } from "@shortfall/math";

/** A trial's JSON is not what it must be. */
export class TrialError extends ShortfallError {
  readonly code = "SF_TRIAL";

  constructor(
    /** Path in the document, such as `pool.classes[0].assets`. */
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(
      `Trial field "${field}": expected ${expected}, got ${received}. docs/playground.md shows the format.`,
    );
  }
}
