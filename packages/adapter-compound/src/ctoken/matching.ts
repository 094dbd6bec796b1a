import type { AbiValue, PredictedLog } from "@shortfall/core";
import type { Entry } from "./event-directory.js";
import type { Pool } from "./pool.js";

/** Where a prediction and the observed logs part. */
export interface Parting {
  /** Index of the entry where they part. */
  readonly at: number;
  readonly predicted: PredictedLog;
  /** Absent where the logs end before the prediction does. */
  readonly observed: Entry | undefined;
  /** First argument that differs, if both are the same event of the same contract. */
  readonly field: string | undefined;
}

export interface Match {
  /** Entries consumed. */
  readonly length: number;
  /** Arguments compared. */
  readonly comparisons: number;
  readonly parting?: Parting;
}

/**
 * Compares predicted logs with the entries from `cursor` on, one by one, argument for argument. Stops at the
 * first difference.
 *
 * Token movements need only agree on the sides that the pool keeps: who pays a supply or gets a loan may be
 * an operator that the event does not name.
 */
export function matchLogs(
  pool: Pool,
  predicted: readonly PredictedLog[],
  entries: readonly Entry[],
  cursor: number,
): Match {
  let comparisons = 0;
  for (const [offset, log] of predicted.entries()) {
    const observed = entries[cursor + offset];
    if (!observed || observed.address !== log.address || observed.name !== log.name) {
      return {
        length: offset,
        comparisons,
        parting: { at: cursor + offset, predicted: log, observed, field: undefined },
      };
    }
    const token = pool.asset(log.address) !== undefined;
    for (const [name, value] of Object.entries(log.args)) {
      comparisons++;
      const seen = observed.args[name];
      const same = token && name !== "value" ? sameSide(pool, value, seen) : sameValue(value, seen);
      if (!same)
        return {
          length: offset,
          comparisons,
          parting: { at: cursor + offset, predicted: log, observed, field: name },
        };
    }
  }
  return { length: predicted.length, comparisons };
}

function sameSide(pool: Pool, predicted: unknown, observed: AbiValue | undefined): boolean {
  const kept = (address: unknown): boolean =>
    typeof address === "string" && (pool.market(address) !== undefined || pool.purse(address) !== undefined);
  return kept(predicted) || kept(observed) ? predicted === observed : true;
}

function sameValue(predicted: unknown, observed: AbiValue | undefined): boolean {
  if (Array.isArray(predicted) && Array.isArray(observed)) {
    return (
      predicted.length === observed.length &&
      predicted.every((value, index) => sameValue(value, observed[index]))
    );
  }
  return predicted === observed;
}

/** Short text of a parting for a finding. */
export function describeParting(parting: Parting): string {
  const { predicted, observed, field } = parting;
  if (observed && field !== undefined) {
    return `${predicted.name}.${field} should be ${String(predicted.args[field])}, the log says ${String(observed.args[field])}`;
  }
  const seen = observed ? `${observed.name} of ${observed.address}` : "nothing";
  return `${predicted.name} of ${predicted.address} should follow, ${seen} does`;
}
