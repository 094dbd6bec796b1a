import { ShortfallError } from "@shortfall/core";

/** An operation moved the totals by more than its roundings can: the model is wrong. */
export class RoundingBoundError extends ShortfallError {
  readonly code = "SF_AAVE_ROUNDING_BOUND";

  constructor(
    readonly operation: string,
    readonly pool: string,
    readonly remainder: bigint,
    readonly bound: bigint,
  ) {
    super(
      `Operation "${operation}" leaves ${remainder} units of ${pool} unexplained where at most ${bound} can be rounding. The transition or its posting is wrong.`,
    );
  }
}
