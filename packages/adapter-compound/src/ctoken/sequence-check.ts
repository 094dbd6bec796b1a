import type { Comparison, Position } from "@shortfall/core";
import type { RecordedLine } from "./recorded-line.js";

/** Checks that lines count up and that time does not run backwards. */
export class SequenceCheck {
  /** Difference between a line's place in its file and its own number, once known. */
  #offset: number | undefined;
  #doubted: number | undefined;
  #block: number;
  #timestamp: number;

  constructor(opening: Position) {
    this.#block = opening.block;
    this.#timestamp = opening.timestamp;
  }

  compare(comparison: Comparison, line: RecordedLine): void {
    const offset = line.number - line.sequence;
    // Two lines in a row that agree on another offset mean that lines were left out, not that one is wrong.
    if (this.#offset === undefined || offset === this.#doubted) this.#offset = offset;
    comparison.value("i", line.sequence, line.number - this.#offset);
    this.#doubted = offset === this.#offset ? undefined : offset;
    comparison.value("block", line.block, Math.max(line.block, this.#block));
    comparison.value("timestamp", line.timestamp, Math.max(line.timestamp, this.#timestamp));
    this.#block = Math.max(line.block, this.#block);
    this.#timestamp = Math.max(line.timestamp, this.#timestamp);
  }
}
