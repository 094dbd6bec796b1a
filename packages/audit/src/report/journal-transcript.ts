import type { Journal } from "@shortfall/core";
import { blockLines, headerLine } from "./journal-lines.js";

/** Collects the lines of a journal while it grows, a block at a time, so that nothing has to hold all of them. */
export class JournalTranscript {
  readonly #journal: Journal;
  readonly #stop: () => void;
  #written: number;
  #pieces: string[];

  /** From the beginning: of the journal's blocks none may have been released. @throws {EntriesReleasedError} */
  constructor(history: string, journal: Journal) {
    this.#journal = journal;
    const sealed = journal.texts().filter((block) => block.index < journal.sealed);
    this.#pieces = [headerLine(history, journal), ...sealed.map(blockLines)];
    this.#written = sealed.length;
    this.#stop = journal.handOn((block) => {
      this.#pieces.push(blockLines(block));
      this.#written++;
    });
  }

  /** The lines since the last time; whole blocks. */
  take(): readonly string[] {
    const pieces = this.#pieces;
    if (pieces.length > 0) this.#pieces = [];
    return pieces;
  }

  /** The lines that are left, the last block's among them. */
  end(): readonly string[] {
    this.#stop();
    return [...this.take(), ...this.#journal.texts(this.#written).map(blockLines)];
  }
}
