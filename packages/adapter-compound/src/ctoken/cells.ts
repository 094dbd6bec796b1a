import type { Restorable, UndoLog } from "@shortfall/core";

/** Numbered bigint fields that an undo log can put back. Fields that were never written read as 0. */
export class Cells implements Restorable {
  readonly #undo: UndoLog;
  readonly #values: bigint[];

  constructor(undo: UndoLog, size: number) {
    this.#undo = undo;
    this.#values = new Array<bigint>(size).fill(0n);
  }

  get(slot: number): bigint {
    return this.#values[slot] ?? 0n;
  }

  set(slot: number, value: bigint): void {
    const old = this.#values[slot] ?? 0n;
    if (old === value) return;
    this.#undo.record(this, slot, old);
    this.#values[slot] = value;
  }

  /** Writes without recording; only the undo log calls it. */
  restore(slot: number, value: bigint): void {
    this.#values[slot] = value;
  }
}
