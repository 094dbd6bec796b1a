import type { Finding, LineResult, Mismatch } from "@shortfall/core";
import type { GoldenMismatch, GoldenMode, GoldenResult } from "./result.js";

/** Adds up line results of one file in one mode, keeping only the first mismatches. */
export class GoldenTally {
  readonly #protocol: string;
  readonly #mode: GoldenMode;
  readonly #keep: number;
  readonly #reasons = new Set<string>();
  readonly #first: GoldenMismatch[] = [];
  #transactions = 0;
  #comparisons = 0;
  #mismatches = 0;
  #callsUsed = 0;
  #resyncs = 0;
  #skipped = 0;
  #incomplete = 0;

  constructor(protocol: string, mode: GoldenMode, keep: number) {
    this.#protocol = protocol;
    this.#mode = mode;
    this.#keep = keep;
  }

  /** Adds a line that was run. */
  ran(line: number, result: LineResult): void {
    this.#transactions++;
    this.#comparisons += result.comparisons;
    this.#callsUsed += result.callsUsed;
    if (result.resynced) this.#resyncs++;
    if (result.findings.some((finding) => finding.severity === "incomplete")) this.#incomplete++;
    for (const mismatch of result.mismatches) this.mismatch(line, mismatch);
    // A difference that shows in no recorded value must still fail the file.
    if (result.mismatches.length === 0) {
      for (const finding of result.findings) {
        if (finding.severity === "differs") this.mismatch(line, fromFinding(finding));
      }
    }
  }

  /** Adds a line that cannot be run in this mode; `counted` unless another mode counts it. */
  skipped(reason: string, counted: boolean): void {
    this.#skipped++;
    this.#reasons.add(reason);
    if (counted) this.#transactions++;
  }

  mismatch(line: number, mismatch: Mismatch): void {
    this.#mismatches++;
    if (this.#first.length < this.#keep) this.#first.push({ line, mode: this.#mode, ...mismatch });
  }

  result(): GoldenResult {
    return {
      protocol: this.#protocol,
      mode: this.#mode,
      transactions: this.#transactions,
      comparisons: this.#comparisons,
      mismatches: this.#mismatches,
      callsUsed: this.#callsUsed,
      resyncs: this.#resyncs,
      skipped: this.#skipped,
      skipReasons: [...this.#reasons],
      incomplete: this.#incomplete,
      first: [...this.#first],
    };
  }
}

const fromFinding = (finding: Finding): Mismatch => ({
  field: finding.field ?? `finding.${finding.class}`,
  recorded: finding.reported ?? finding.message,
  computed: finding.recomputed ?? "(no operation reproduces it)",
});
