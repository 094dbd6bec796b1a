import type { PredictedLog } from "@shortfall/core";
import type { DecodedLog } from "./decoded.js";

/** How far a prediction agrees with what was logged. */
export interface Match {
  readonly fits: boolean;
  /** Logs that agree, counted from the start. */
  readonly agreeing: number;
  /** Arguments compared in them. */
  readonly comparisons: number;
  /** First disagreement, if any. */
  readonly difference?: {
    readonly log: DecodedLog | undefined;
    readonly field: string;
    readonly reported: string;
    readonly recomputed: string;
  };
}

/** Predicted events that an observer does not hold against the record: allowances are nobody's books. */
const UNCOMPARED: ReadonlySet<string> = new Set(["Approval", "FacilitatorBucketLevelUpdated"]);
/** Chosen by the caller, without effect. */
const FREE_ARGUMENT = "referralCode";

/** Holds predicted logs against the observed ones from `start` on, argument for argument. */
export function matchLogs(
  predicted: readonly PredictedLog[],
  observed: readonly DecodedLog[],
  start: number,
): Match {
  let agreeing = 0;
  let comparisons = 0;
  for (const expected of predicted) {
    if (UNCOMPARED.has(expected.name)) continue;
    const log = observed[start + agreeing];
    if (log === undefined || log.name !== expected.name || log.address !== expected.address) {
      const reported = log === undefined ? "(no further log)" : `${log.name} of ${log.address}`;
      const recomputed = `${expected.name} of ${expected.address}`;
      return {
        fits: false,
        agreeing,
        comparisons,
        difference: { log, field: "event", reported, recomputed },
      };
    }
    for (const key in log.args) {
      if (key === FREE_ARGUMENT) continue;
      const reported = log.args[key];
      const recomputed = expected.args[key];
      if (reported !== recomputed) {
        const difference = {
          log,
          field: `${log.name}.${key}`,
          reported: String(reported),
          recomputed: String(recomputed),
        };
        return { fits: false, agreeing, comparisons, difference };
      }
      comparisons++;
    }
    agreeing++;
  }
  return { fits: agreeing > 0, agreeing, comparisons };
}
