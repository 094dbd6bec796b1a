import type { Restorable, UndoLog } from "@shortfall/core";

/**
 * Numbered bigint cells that an undo log can put back. Cells that were never written read as 0; values may be
 * negative (wallets count from an unknown opening balance).
 */
export class Cells implements Restorable {
  readonly #undo: UndoLog;
  readonly #values: bigint[] = [];

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  get(slot: number): bigint {
    return this.#values[slot] ?? 0n;
  }

  set(slot: number, value: bigint): void {
    const old = this.#values[slot] ?? 0n;
    if (old === value) return;
    this.#undo.record(this, slot, old);
    this.restore(slot, value);
  }

  /** Adds, whatever the sign of the result. */
  shift(slot: number, by: bigint): void {
    this.set(slot, this.get(slot) + by);
  }

  /** Writes without recording; only the undo log and `set` call it. */
  restore(slot: number, value: bigint): void {
    for (let k = this.#values.length; k < slot; k++) this.#values.push(0n);
    this.#values[slot] = value;
  }
}
