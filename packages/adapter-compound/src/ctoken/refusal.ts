import { ShortfallError } from "@shortfall/core";

/**
 * The contract would revert. Caught at the border of the model: `execute` returns the reason, `observe` drops
 * the proposal. Whatever was written before is rolled back.
 */
export class MarketRefusal extends ShortfallError {
  readonly code = "SF_MARKET_REFUSAL";

  constructor(
    /** As a trace spells it: `Name(args)`, `Error("text")`, `Panic(0x11)`. */
    readonly reason: string,
  ) {
    super(`The contract would revert with ${reason}. Change the call or the state before it.`);
  }
}

/** Refuses with a custom error: `InsufficientLiquidity()`. */
export function refuse(error: string, ...args: readonly (string | bigint)[]): never {
  throw new MarketRefusal(`${error}(${args.join(",")})`);
}

/** Refuses with a `require` text: `Error("redeemTokens zero")`. */
export function refuseText(text: string): never {
  throw new MarketRefusal(`Error("${text}")`);
}

/** Checked arithmetic left uint256. */
export const panicRange = (): never => {
  throw new MarketRefusal("Panic(0x11)");
};

/** Division by zero. */
export const panicDivision = (): never => {
  throw new MarketRefusal("Panic(0x12)");
};
