import { CometRefusal } from "./errors.js";

/**
 * What to do when a test on solvency, caps, pauses or prices fails.
 *
 * A simulation refuses. Observation knows that the operation happened: it refuses at first, to tell
 * candidates apart, then runs again collecting the `breaches`, because a failed test then means that the
 * model or a price is wrong and not that the event may be dropped.
 */
export interface Checks {
  readonly breaches: string[] | undefined;
  /** Whether a missing price is an error rather than a test left out. */
  readonly pricesRequired: boolean;
}

export const EXECUTION: Checks = { breaches: undefined, pricesRequired: true };
export const OBSERVATION: Checks = { breaches: undefined, pricesRequired: false };

/** Observation that collects what fails. */
export const lenient = (): Checks & { readonly breaches: string[] } => ({
  breaches: [],
  pricesRequired: false,
});

/** Refuses with the contract's reason, or notes it. */
export function fail(checks: Checks, reason: string): void {
  if (checks.breaches === undefined) throw new CometRefusal(reason);
  checks.breaches.push(reason);
}
