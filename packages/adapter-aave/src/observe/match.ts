import type { PredictedLog } from "@shortfall/core";
import type { DecodedLog } from "./decoded.js";

/** How far a prediction agrees with what was logged. */
export interface Match {
  readonly fits: boolean;
  /** Logs that agree, counted from the start. */
  readonly agreeing: number;
  /** Arguments compared in them. */
  readonly comparisons: number;
  /** Write-offs whose amount differs while everything around them agrees. */
  readonly disputed: readonly DisputedWriteOff[];
  /** First disagreement, if any. */
  readonly difference?: {
    readonly log: DecodedLog | undefined;
    readonly field: string;
    readonly reported: string;
    readonly recomputed: string;
  };
}

/** A write-off that was logged with another amount than re-execution comes to. */
export interface DisputedWriteOff {
  readonly log: DecodedLog;
  readonly reportedAssets: bigint;
  readonly recomputedAssets: bigint;
}

/** Predicted events that an observer does not hold against the record: allowances are nobody's books. */
const UNCOMPARED: ReadonlySet<string> = new Set(["Approval", "FacilitatorBucketLevelUpdated"]);
/** Chosen by the caller, without effect. */
const FREE_ARGUMENT = "referralCode";

/** The number that reconciliation is about: a difference in it is reported, not a reason to know nothing. */
const WRITE_OFF = { event: "DeficitCreated", argument: "amountCreated" };

/** Holds predicted logs against the observed ones from `start` on, argument for argument. */
export function matchLogs(
  predicted: readonly PredictedLog[],
  observed: readonly DecodedLog[],
  start: number,
): Match {
  let agreeing = 0;
  let comparisons = 0;
  const disputed: DisputedWriteOff[] = [];
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
        disputed,
        difference: { log, field: "event", reported, recomputed },
      };
    }
    for (const key in log.args) {
      if (key === FREE_ARGUMENT) continue;
      const reported = log.args[key];
      const recomputed = expected.args[key];
      if (reported !== recomputed) {
        if (
          log.name === WRITE_OFF.event &&
          key === WRITE_OFF.argument &&
          typeof reported === "bigint" &&
          typeof recomputed === "bigint"
        ) {
          disputed.push({ log, reportedAssets: reported, recomputedAssets: recomputed });
          continue;
        }
        const difference = {
          log,
          field: `${log.name}.${key}`,
          reported: String(reported),
          recomputed: String(recomputed),
        };
        return { fits: false, agreeing, comparisons, disputed, difference };
      }
      comparisons++;
    }
    agreeing++;
  }
  return { fits: agreeing > 0, agreeing, comparisons, disputed };
}
