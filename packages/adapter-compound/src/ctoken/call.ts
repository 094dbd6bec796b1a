import { Fields, type RecordedCall, ShortfallError } from "@shortfall/core";
import type { CallFailure } from "./family.js";

/** A call that names no operation, or lacks an argument of it. */
export class MarketCallError extends ShortfallError {
  readonly code = "SF_MARKET_CALL";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Call field "${field}": expected ${expected}, got ${received}.`);
  }
}

/** Reads a call's fields with the given way of failing. */
export const callFields = (call: RecordedCall, failure: CallFailure): Fields => new Fields(call, "", failure);
