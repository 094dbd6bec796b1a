import { eventCodec, ShortfallError } from "@shortfall/core";

/**
 * The vault or the connector would revert. Caught at the border of the model: `execute` returns the reason, a
 * proposal of `observe` is dropped. Whatever was written before is rolled back.
 */
export class Refusal extends ShortfallError {
  readonly code = "SF_EULER_REFUSAL";

  constructor(
    /** `E_Name:selector` or `Panic(0x..)`, as traces spell it. */
    readonly reason: string,
  ) {
    super(`The vault refuses: ${reason}.`);
  }
}

/** A value of the outside world that the model was not told: a price, or a collateral that is no vault here. */
export class UnknownValueError extends ShortfallError {
  readonly code = "SF_EULER_UNKNOWN_VALUE";

  constructor(readonly subject: string) {
    super(`There is no price for ${subject}. Name it in the header or send a price update before this call.`);
  }
}

const reasons = new Map<string, string>();

/** Reverts with one of the kit's errors, none of which has arguments. */
export function refuse(name: string): never {
  let reason = reasons.get(name);
  if (reason === undefined) {
    // An error's selector is the head of the same hash that names an event.
    reason = `${name}:${eventCodec(`${name}()`).topic0.slice(0, 10)}`;
    reasons.set(name, reason);
  }
  throw new Refusal(reason);
}

/** Checked arithmetic left its range. */
export function panicOverflow(): never {
  throw new Refusal("Panic(0x11)");
}
