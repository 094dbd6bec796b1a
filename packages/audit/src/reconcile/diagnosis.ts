import type { DifferenceClass, LineResult, Mismatch, WriteOff } from "@shortfall/core";

/** What the chain reported of a write-off, where its model had to be driven by the call. */
export interface Reported {
  readonly reported: bigint;
  /** Named where there is no number to compare. */
  readonly class?: DifferenceClass;
}

/**
 * What the logs say of a write-off that was re-executed from its call because the logs fit no operation. `differing`
 * are the values in which the predicted logs and the recorded ones differ; undefined where this write-off is not
 * among them.
 */
export function reportedByLogs(writeOff: WriteOff, differing: readonly Mismatch[]): Reported | undefined {
  const [event = "", argument = ""] = writeOff.source.split(".");
  const log = `logs[${writeOff.position.logIndex ?? 0}]`;
  const own = differing.filter(({ field }) => field.startsWith(`${log}.`));
  const value = own.find(
    ({ field, recorded, computed }) =>
      field.endsWith(`.${argument}`) && computed === writeOff.recomputed.toString() && /^\d+$/.test(recorded),
  );
  if (value) return { reported: BigInt(value.recorded) };
  if (own.some(({ computed }) => computed === event)) return { reported: 0n, class: "missing-event" };
  if (own.some(({ field }) => field === `${log}.data`)) return { reported: 0n, class: "unreadable" };
  return undefined;
}

/** What counts a session's lines, and so is off by one where a line went through it twice. */
const COUNTERS = new Set(["i", "block", "timestamp"]);

/** Values that differ when a line that was observed in vain is executed in the same session. */
export const diagnosed = (result: LineResult): Mismatch[] =>
  result.mismatches.filter(({ field }) => !COUNTERS.has(field));
