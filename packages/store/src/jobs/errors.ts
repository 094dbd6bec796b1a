import { ShortfallError } from "@shortfall/core";

/** Ranges that do not go on where those planned before them end, or that name another history. */
export class RangePlanError extends ShortfallError {
  readonly code = "SF_RANGE_PLAN";

  constructor(
    readonly market: string,
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(
      `Ranges of ${market}, ${field}: expected ${expected}, got ${received}. A market has one history and its ranges follow each other; plan another one under another name.`,
    );
  }
}

/** Replaying a range that was applied before gave something else: the history or the model has changed since. */
export class RangeMismatchError extends ShortfallError {
  readonly code = "SF_RANGE_MISMATCH";

  constructor(
    readonly market: string,
    readonly toBlock: number,
    readonly expected: string,
    readonly received: string,
  ) {
    super(
      `${market}: replaying to block ${toBlock} gives digest ${received}, but ${expected} was applied. The history or the model has changed since; replay the market under another name and compare.`,
    );
  }
}
