import { ShortfallError } from "@shortfall/core";

/**
 * The contract would revert. Caught at the border of the model: `execute` returns the reason, a proposal in
 * `observe` is dropped. Whatever was written before is rolled back.
 */
export class Refusal extends ShortfallError {
  readonly code = "SF_AAVE_REFUSAL";

  constructor(
    /** As a trace spells it: `Name(args)`, `Error(26)`, `Panic(0x11)`, or `0x` for empty revert data. */
    readonly reason: string,
  ) {
    super(`The pool refuses: ${reason}.`);
  }
}

/** Checked arithmetic left its range (`Panic(0x11)`). */
export const panicOverflow = (): never => {
  throw new Refusal("Panic(0x11)");
};

/** Division by zero in plain Solidity (`Panic(0x12)`). */
export const panicDivision = (): never => {
  throw new Refusal("Panic(0x12)");
};

/** A library written in assembly reverted without data. */
export const emptyRevert = (): never => {
  throw new Refusal("0x");
};
