/**
 * Parent of every error this SDK throws on purpose.
 *
 * Ask for the stable `code`, not for the class: an ESM and a CJS copy of a package may both be loaded, and
 * their classes differ.
 */
export abstract class ShortfallError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Whether `error` is one of ours, whichever copy of the package made it. */
export function isShortfallError(error: unknown): error is ShortfallError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SF_");
}

/** A value left the range that its type allows. */
export class OutOfRangeError extends ShortfallError {
  readonly code = "SF_RANGE";

  constructor(
    /** What was computed, in words. */
    readonly quantity: string,
    readonly value: bigint,
    /** The type it had to fit, such as `uint256`. */
    readonly type: string,
  ) {
    super(
      `${quantity} is ${value}, which does not fit ${type}. Check the inputs: a contract would revert here.`,
    );
  }
}

/** A division by zero, named by what was being divided. */
export class DivisionByZeroError extends ShortfallError {
  readonly code = "SF_DIVISION_BY_ZERO";

  constructor(readonly quantity: string) {
    super(`${quantity} divides by zero. Handle the empty case before calling.`);
  }
}

/** Parts cannot be made to add up as asked. */
export class AllocationError extends ShortfallError {
  readonly code = "SF_ALLOCATION";

  constructor(
    readonly rule: string,
    readonly reason: string,
  ) {
    super(`Allocation "${rule}" is impossible: ${reason}.`);
  }
}

/** Text that is not the number it claims to be. */
export class DecimalError extends ShortfallError {
  readonly code = "SF_DECIMAL";

  constructor(
    readonly text: string,
    readonly reason: string,
  ) {
    super(`"${text}" is not an acceptable amount: ${reason}.`);
  }
}

/** A `switch` met a member that its union does not have. */
export class UnreachableError extends ShortfallError {
  readonly code = "SF_UNREACHABLE";

  constructor(readonly value: unknown) {
    super(`Unexpected value ${String(value)}: a new kind was added and not handled here.`);
  }
}

/** Ends an exhaustive `switch`, so that a new kind is a compile error where it matters. */
export function assertNever(value: never): never {
  throw new UnreachableError(value);
}
