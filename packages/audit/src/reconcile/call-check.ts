import {
  type DifferenceClass,
  type Finding,
  isShortfallError,
  type LineResult,
  type Mismatch,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import { positionOf } from "./trace-order.js";

/**
 * Executes the lines of a trace from their calls beside the observation, and says where the recorded logs are not
 * those that the call writes. This shows what does not move the books and so escapes an observer: a log that came
 * twice without effect, or two in another order. It judges only; the books are those of the observation.
 */
export class CallCheck {
  #session: TraceSession | undefined;

  constructor(session: TraceSession) {
    this.#session = session;
  }

  /** The next line. Undefined where its logs are those of its call, or its call cannot be executed. */
  line(line: TraceLine): Finding | undefined {
    const result = this.#execute(line);
    if (!result || result.skipped !== undefined) return undefined;
    const differing = result.mismatches.filter(({ field }) => /^logs[.[]/.test(field));
    // The state no longer is the chain's, so what follows says nothing.
    if (result.mismatches.some(({ field }) => field.startsWith("state"))) this.end();
    const [first] = differing;
    if (!first) return undefined;
    const others =
      differing.length === 1 ? "" : ` and ${differing.length - 1} more values of its logs differ`;
    return {
      class: classOf(line, differing),
      severity: "differs",
      message: `Line ${line.number}: the logs are not those that the recorded call writes: ${first.field} is recorded as ${first.recorded} and comes out as ${first.computed}${others}. Fetch the transaction again.`,
      position: positionOf(line),
      field: first.field,
      reported: first.recorded,
      recomputed: first.computed,
    };
  }

  /** Judges no further line. */
  end(): void {
    this.#session = undefined;
  }

  #execute(line: TraceLine): LineResult | undefined {
    try {
      return this.#session?.execute(line);
    } catch (error) {
      // A call that cannot be read is no measure of the logs; observation says what is wrong with the line.
      if (!isShortfallError(error)) throw error;
      this.end();
      return undefined;
    }
  }
}

/** Fewer logs than the call writes: one is missing. More: one came twice. The same in another order: reordered. */
function classOf(line: TraceLine, differing: readonly Mismatch[]): DifferenceClass {
  const length = differing.find(({ field }) => field === "logs.length");
  if (!length) return isPermutation(differing) ? "reordered-event" : "unexplained";
  if (Number(length.recorded) < Number(length.computed)) return "missing-event";
  return isRepeating(line.value.logs) ? "duplicate-event" : "unexplained";
}

/** Whether the values that were recorded are those that come out, at other places. */
function isPermutation(differing: readonly Mismatch[]): boolean {
  const values = (pick: (mismatch: Mismatch) => string): string =>
    differing
      .map((mismatch) => `${mismatch.field.replace(/^logs\[\d+\]/, "")} ${pick(mismatch)}`)
      .filter((value) => !value.endsWith(" (absent)"))
      .sort()
      .join("\n");
  return values(({ recorded }) => recorded) === values(({ computed }) => computed);
}

function isRepeating(logs: unknown): boolean {
  if (!Array.isArray(logs)) return false;
  const texts = logs.map((log) => JSON.stringify(log));
  return new Set(texts).size < texts.length;
}
