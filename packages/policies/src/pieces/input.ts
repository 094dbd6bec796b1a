import { ShortfallError } from "@shortfall/math";

/** An action on a policy was given something it cannot use. */
export class ActionInputError extends ShortfallError {
  readonly code = "SF_ACTION_INPUT";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Action input "${field}": expected ${expected}, got ${received}.`);
  }
}

export type ActionInput = Readonly<Record<string, unknown>>;

/** A non-negative amount from an action's input: bigint or decimal string. @throws {ActionInputError} */
export function inputAmount(input: ActionInput, field: string): bigint {
  const value = input[field];
  if (typeof value === "bigint" && value >= 0n) return value;
  if (typeof value === "string" && /^\d+$/.test(value)) return BigInt(value);
  throw new ActionInputError(field, "a non-negative amount", show(value));
}

/** A signed amount from an action's input. @throws {ActionInputError} */
export function inputSigned(input: ActionInput, field: string): bigint {
  const value = input[field];
  if (typeof value === "bigint") return value;
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  throw new ActionInputError(field, "an amount", show(value));
}

/** A name from an action's input. @throws {ActionInputError} */
export function inputText(input: ActionInput, field: string): string {
  const value = input[field];
  if (typeof value === "string" && value !== "") return value;
  throw new ActionInputError(field, "a name", show(value));
}

const show = (value: unknown): string =>
  value === undefined ? "nothing" : typeof value === "bigint" ? `${value}` : JSON.stringify(value);
