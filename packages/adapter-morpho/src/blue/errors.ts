import { BookUnderflowError, ShortfallError } from "@shortfall/core";
import { DivisionByZeroError, OutOfRangeError } from "@shortfall/math";

/** The contract would revert. `reason` is its own: a revert string, `Panic(0x11)`, or `Name:selector`. */
export class MorphoRefusal extends ShortfallError {
  readonly code = "SF_MORPHO_REFUSAL";

  constructor(readonly reason: string) {
    super(`Morpho would revert with ${reason}. Change the call or the state before it.`);
  }
}

/** A call that names no operation here, or lacks an argument. */
export class MorphoCallError extends ShortfallError {
  readonly code = "SF_MORPHO_CALL";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Call field "${field}": expected ${expected}, got ${received}.`);
  }
}

/** A simulation needs the price of an oracle that nobody has reported. */
export class PriceUnknownError extends ShortfallError {
  readonly code = "SF_PRICE_UNKNOWN";

  constructor(readonly oracle: string) {
    super(
      `No price is known for oracle ${oracle}. Give one in the header or as a price update before the call.`,
    );
  }
}

/** A market's rate model is a contract that is not modelled, and no log says its rate. */
export class RateUnknownError extends ShortfallError {
  readonly code = "SF_RATE_UNKNOWN";

  constructor(
    readonly market: string,
    readonly irm: string,
  ) {
    super(
      `Market ${market} uses rate model ${irm}, which is not modelled; its interest cannot be predicted.`,
    );
  }
}

/** An operation moved more than its roundings can explain: the arithmetic here is wrong. */
export class RoundingBoundError extends ShortfallError {
  readonly code = "SF_ROUNDING_BOUND";

  constructor(
    readonly operation: string,
    readonly remainder: bigint,
    readonly bound: bigint,
  ) {
    super(
      `Operation "${operation}" leaves ${remainder} base units; its roundings explain ${bound} at most. Report it with the history.`,
    );
  }
}

/** The native waterfall leaves another claim than the contract's own arithmetic. */
export class WaterfallDisagreesError extends ShortfallError {
  readonly code = "SF_NATIVE_WATERFALL";

  constructor(
    readonly deficit: string,
    /** What the waterfall leaves. */
    readonly waterfall: bigint,
    /** What the contract leaves. */
    readonly contract: bigint,
  ) {
    super(
      `Write-off "${deficit}": the native waterfall leaves suppliers ${waterfall}, the contract ${contract}. Report it with the history.`,
    );
  }
}

/** Solidity 0.8: checked arithmetic left its type. */
export const OVERFLOW = "Panic(0x11)";
/** Solidity 0.8: division by zero. */
export const DIVISION_BY_ZERO = "Panic(0x12)";

/** The reason a contract gives for an arithmetic fault, or undefined if `error` is none of these. */
export function refusalReason(error: unknown): string | undefined {
  if (error instanceof MorphoRefusal) return error.reason;
  if (error instanceof OutOfRangeError || error instanceof BookUnderflowError) return OVERFLOW;
  if (error instanceof DivisionByZeroError) return DIVISION_BY_ZERO;
  return undefined;
}
