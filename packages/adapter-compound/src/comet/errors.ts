import { ShortfallError } from "@shortfall/core";

/**
 * The contract would revert. `reason` is its own, spelt as a trace spells it: `Name()`, `Error("text")`,
 * `Panic(0x11)`. Thrown before anything is written.
 */
export class CometRefusal extends ShortfallError {
  readonly code = "SF_COMET_REFUSAL";

  constructor(readonly reason: string) {
    super(`Comet would revert with ${reason}. Change the call or the state before it.`);
  }
}

/** A call that names no operation of Comet, or lacks an argument. */
export class CometCallError extends ShortfallError {
  readonly code = "SF_COMET_CALL";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Call field "${field}": expected ${expected}, got ${received}.`);
  }
}

/** A simulation needs the price of an asset that nobody has reported. */
export class PriceUnknownError extends ShortfallError {
  readonly code = "SF_PRICE_UNKNOWN";

  constructor(readonly asset: string) {
    super(`No price is known for ${asset}. Give one in the header or as a price update before the call.`);
  }
}

/** An operation's remainder is larger than its roundings can make it: the arithmetic here is wrong. */
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

/** The native waterfall leaves other reserves than the contract's own arithmetic. */
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
      `Write-off "${deficit}": the native waterfall leaves reserves of ${waterfall}, the contract ${contract}. Report it with the history.`,
    );
  }
}

/** Solidity 0.8: checked arithmetic left its type. */
export const overflow = (): CometRefusal => new CometRefusal("Panic(0x11)");
/** Solidity 0.8: division by zero. */
export const divisionByZero = (): CometRefusal => new CometRefusal("Panic(0x12)");
/** What the reference ERC-20 says when the sender holds too little. */
export const TOKEN_SHORTAGE = 'Error("ERC20: transfer amount exceeds balance")';
