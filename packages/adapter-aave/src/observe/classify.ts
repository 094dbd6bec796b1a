import type { Finding, Position } from "@shortfall/core";
import type { Market } from "../market.js";
import { PROFILES, type Profile } from "../profiles.js";
import type { DecodedLog } from "./decoded.js";
import { explainLogs } from "./observer.js";

/** Differences of this many units or fewer are what one rounding more or less makes. */
export const ROUNDING_UNITS = 2n;
/** Places tried, from where the explanation stopped backwards. */
const MOST_TRIALS = 32;

/**
 * Looks for what is wrong with a transaction that could not be explained: tries it without a repeated log, with
 * two neighbours exchanged, and under every other release. The finding then names the
 * first of these that makes all of it fit. Nothing of the trials is kept.
 */
export function classifyFailure(
  market: Market,
  logs: readonly DecodedLog[],
  position: Position,
  finding: Finding,
): Finding {
  const place = logs.findIndex((log) => log.place === finding.logs?.[0]);
  const fits = (trial: readonly DecodedLog[], profile: Profile = market.profile): boolean => {
    const mark = market.undo.mark();
    const result = explainLogs(market, trial, position, () => {}, profile);
    market.undo.rollback(mark);
    return result.ok;
  };
  if (place >= 0) {
    for (const at of backwards(place)) {
      const log = logs[at];
      if (log === undefined || !repeats(logs, at)) continue;
      if (fits(logs.toSpliced(at, 1))) {
        return {
          ...finding,
          class: "duplicate-event",
          message: `${log.name} (log ${log.place}) is there twice; without one of them the transaction fits.`,
          logs: [log.place],
        };
      }
    }
    for (const at of backwards(place + 1)) {
      const one = logs[at];
      const other = logs[at + 1];
      if (one === undefined || other === undefined) continue;
      if (fits(logs.toSpliced(at, 2, other, one))) {
        return {
          ...finding,
          class: "reordered-event",
          message: `${one.name} (log ${one.place}) and ${other.name} (log ${other.place}) stand in the wrong order; exchanged, the transaction fits.`,
          logs: [one.place, other.place],
        };
      }
    }
  }
  // An event too many or too few is no matter of arithmetic.
  if (finding.field === undefined || finding.field === "event") return finding;
  const versions = PROFILES.filter((profile) => profile !== market.profile && fits(logs, profile));
  if (versions.length > 0) {
    const named = versions.map((profile) => profile.version).join(", ");
    return {
      ...finding,
      class: "wrong-version",
      message: `${finding.message} Under release ${named} the transaction fits: the history names ${market.profile.version}; check which release the pool ran.`,
    };
  }
  return isRounding(finding) ? { ...finding, class: "rounding" } : finding;
}

/** Places from `last` down, at most as many as are worth trying. */
const backwards = (last: number): number[] =>
  Array.from({ length: Math.min(last + 1, MOST_TRIALS) }, (_, step) => last - step);

/** Whether another log of the transaction says exactly the same. */
function repeats(logs: readonly DecodedLog[], at: number): boolean {
  const log = logs[at];
  return logs.some(
    (other, place) =>
      place !== at &&
      other.address === log?.address &&
      other.name === log.name &&
      Object.entries(other.args).every(([key, value]) => log.args[key] === value),
  );
}

function isRounding({ field, reported, recomputed }: Finding): boolean {
  if (field === "event" || reported === undefined || recomputed === undefined) return false;
  if (!/^-?\d+$/.test(reported) || !/^-?\d+$/.test(recomputed)) return false;
  const difference = BigInt(reported) - BigInt(recomputed);
  return difference <= ROUNDING_UNITS && difference >= -ROUNDING_UNITS;
}
