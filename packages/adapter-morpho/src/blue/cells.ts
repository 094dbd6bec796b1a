import type { Restorable, UndoLog } from "@shortfall/core";

/** A fixed row of totals whose every write can be taken back, like a book's. */
export class Cells implements Restorable {
  readonly #values: bigint[];
  readonly #undo: UndoLog;

  constructor(length: number, undo: UndoLog) {
    this.#values = new Array<bigint>(length).fill(0n);
    this.#undo = undo;
  }

  get(index: number): bigint {
    return this.#values[index]!;
  }

  set(index: number, value: bigint): void {
    const old = this.#values[index]!;
    if (old === value) return;
    this.#undo.record(this, index, old);
    this.#values[index] = value;
  }

  /** Puts a cell back; only `UndoLog` calls it. */
  restore(index: number, value: bigint): void {
    this.#values[index] = value;
  }
}
