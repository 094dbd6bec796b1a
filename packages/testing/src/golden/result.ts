import type { Mismatch } from "@shortfall/core";

/** How a golden file is driven: from its logs, or from its calls. `cases` for files that are no histories. */
export type GoldenMode = "observe" | "execute" | "cases";

/** A recorded value that the model does not reproduce. */
export interface GoldenMismatch extends Mismatch {
  /** 1-based line; for cases, their position. */
  readonly line: number;
  readonly mode: GoldenMode;
}

/** What checking one golden file in one mode found. */
export interface GoldenResult {
  readonly protocol: string;
  readonly mode: GoldenMode;
  /** Recorded lines (or cases) checked. */
  readonly transactions: number;
  /** Recorded values compared. */
  readonly comparisons: number;
  readonly mismatches: number;
  /** Lines whose call had to be read. */
  readonly callsUsed: number;
  /** Lines whose state was taken over from the record. */
  readonly resyncs: number;
  /** Lines that cannot be run in this mode. */
  readonly skipped: number;
  /** The distinct reasons for `skipped`. */
  readonly skipReasons: readonly string[];
  /** Lines after which the state no longer follows from what was read. */
  readonly incomplete: number;
  /** The first mismatches, in order. */
  readonly first: readonly GoldenMismatch[];
}
