import { type Comparison, Fields, type PredictedLog } from "@shortfall/core";
import { MAX_UINT256 } from "@shortfall/math";
import type { Outcome } from "./model.js";
import type { RecordedLine } from "./recorded-line.js";

/** Where the logs of a call show what it was given. */
export interface CallEvidence {
  readonly event: string;
  /** Only logs of operations of this kind count. */
  readonly operation?: string;
  /** The call's field by argument of the event. Addresses and amounts compare alike. */
  readonly shown: Readonly<Record<string, string>>;
  /** The call's field that names the event's emitter. */
  readonly emitter?: string;
  /** Amount argument that the contract may resolve or cap; then only that nothing is left can be told. */
  readonly capped?: { readonly field: string; readonly left: string };
}

/**
 * Compares a recorded call with what its logs show of it. The model never sees the call; this only checks
 * that record and logs belong together.
 */
export function compareCall<O>(
  comparison: Comparison,
  line: RecordedLine,
  outcome: Outcome<O>,
  evidence: Readonly<Record<string, CallEvidence>>,
): void {
  const proof = evidence[line.action.type];
  if (line.reverted !== null || !proof) return;
  const log = loggedEvent(outcome, proof.event, proof.operation);
  if (!log) return;
  const action = new Fields(line.action, "action", line.failure);
  if (proof.emitter !== undefined) {
    comparison.value(`action.${proof.emitter}`, action.address(proof.emitter), log.address);
  }
  for (const [field, argument] of Object.entries(proof.shown)) {
    const recorded = action.raw(field);
    const shown = log.args[argument];
    if (proof.capped?.field === field) {
      const amount = action.uint256(field);
      if (amount === MAX_UINT256 || (typeof shown === "bigint" && amount > shown)) {
        comparison.value(`action.${field} left`, 0n, log.args[proof.capped.left]);
        continue;
      }
    }
    comparison.value(
      `action.${field}`,
      typeof recorded === "string" ? recorded.toLowerCase() : recorded,
      shown,
    );
  }
}

/** First log of that name among an outcome's operations. */
function loggedEvent<O>(
  outcome: Outcome<O>,
  name: string,
  operation: string | undefined,
): PredictedLog | undefined {
  for (const { step, kind } of outcome.accepted) {
    if (operation !== undefined && kind !== operation) continue;
    const found = step.logs.find((log) => log.name === name);
    if (found) return found;
  }
  return undefined;
}
