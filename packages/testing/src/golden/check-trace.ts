import type { HistoryHeader, LineResult, ProtocolAdapter, TraceLine, TraceSession } from "@shortfall/core";
import type { GoldenMode, GoldenResult } from "./result.js";
import { GoldenTally } from "./tally.js";

/** Ways to drive a trace. */
export type TraceMode = Exclude<GoldenMode, "cases">;

export interface TraceCheckOptions {
  /** Each gets its own session and its own result. */
  readonly modes: readonly TraceMode[];
  /** Whether observation may read a call where logs do not determine the outcome. */
  readonly calls: boolean;
  /** How many mismatches a result keeps. */
  readonly keep?: number;
  /** Called after every line with the number of lines so far. */
  readonly onLine?: (lines: number) => void;
}

interface Run {
  readonly mode: TraceMode;
  readonly session: TraceSession;
  readonly tally: GoldenTally;
}

/**
 * Checks a golden trace in one pass: every line goes through one session a mode. A line that cannot be
 * executed counts in the observing result alone if there is one, so that no line counts twice for it.
 *
 * @throws {HeaderError} the header is not one of the adapter's. @throws {LineError} a line is malformed.
 */
export async function checkTrace(
  adapter: ProtocolAdapter,
  header: HistoryHeader,
  lines: AsyncIterable<TraceLine> | Iterable<TraceLine>,
  options: TraceCheckOptions,
): Promise<GoldenResult[]> {
  const runs: Run[] = options.modes.map((mode) => ({
    mode,
    session: adapter.traces.open(header),
    tally: new GoldenTally(adapter.protocol, mode, options.keep ?? 20),
  }));
  const observed = options.modes.includes("observe");
  let count = 0;
  for await (const line of lines) {
    for (const run of runs) {
      const result = runLine(run, line, options.calls);
      if (result.skipped === undefined) run.tally.ran(line.number, result);
      else run.tally.skipped(result.skipped, !(observed && run.mode === "execute"));
    }
    options.onLine?.(++count);
  }
  return runs.map((run) => run.tally.result());
}

function runLine(run: Run, line: TraceLine, calls: boolean): LineResult {
  try {
    return run.mode === "observe" ? run.session.observe(line, { calls }) : run.session.execute(line);
  } catch (error) {
    if (isMalformed(error)) throw error;
    return failedLine(error);
  }
}

/** By code: an ESM and a CJS copy of core may both be loaded. */
const isMalformed = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "SF_LINE";

/** A model that throws reproduces nothing of the line; the file fails there, with the reason. */
function failedLine(error: unknown): LineResult {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    comparisons: 1,
    mismatches: [{ field: "(line)", recorded: "a line that runs", computed: reason }],
    callsUsed: 0,
    resynced: false,
    findings: [],
  };
}
