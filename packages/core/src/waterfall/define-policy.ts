import type { LossPolicy } from "../ports/policy.js";

/**
 * Types a policy from its parameter schema and its state, and freezes it.
 *
 * The parameters' type follows from `parameters`, the state's from `open`; nothing needs to be written twice.
 */
export function definePolicy<P, S>(policy: LossPolicy<P, S>): Readonly<LossPolicy<P, S>> {
  if (policy.actions) {
    for (const action of Object.values(policy.actions)) Object.freeze(action);
    Object.freeze(policy.actions);
  }
  return Object.freeze({ ...policy });
}
