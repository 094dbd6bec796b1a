import { Column, type ColumnBits } from "./column.js";
import { BookUnderflowError } from "./errors.js";
import type { Restorable, UndoLog } from "./undo.js";

/** Names a past moment of a book. Opaque; counts up. */
export type Epoch = number;

export interface BookOptions {
  readonly bits?: ColumnBits;
  /** Receives every overwritten row while set. */
  readonly undo?: UndoLog;
}

/**
 * One column of the subsidiary ledger: who holds how many shares of a class, owes how many debt shares, or
 * has posted how much collateral. Keeps the sum of its rows.
 *
 * `checkpoint()` opens an epoch; rows are copied on their first write after it, so the past stays readable at
 * the cost of what changed, not of the number of holders.
 */
export class Book implements Restorable {
  readonly name: string;
  readonly #column: Column;
  readonly #undo: UndoLog | undefined;
  #sum = 0n;
  #rows = 0;
  /** Old values of the rows first written in each epoch, by epoch; undefined where none was. */
  readonly #copies: (Map<number, bigint> | undefined)[] = [];

  constructor(name: string, options: BookOptions = {}) {
    this.name = name;
    this.#column = new Column(options.bits ?? 128);
    this.#undo = options.undo;
  }

  /** Σ of all rows. A protocol's own total may differ from it by design; then the adapter keeps that apart. */
  get sum(): bigint {
    return this.#sum;
  }

  /** One past the highest id ever written. */
  get rows(): number {
    return this.#rows;
  }

  /** The column behind, for bulk kernels. */
  get column(): Column {
    return this.#column;
  }

  get(id: number): bigint {
    return this.#column.get(id);
  }

  /** @throws {OutOfRangeError} negative or too wide; nothing is written then. */
  set(id: number, value: bigint): void {
    const old = this.#column.get(id);
    if (old === value) return;
    this.#column.set(id, value);
    this.#undo?.record(this, id, old);
    this.#keep(id, old);
    this.#sum += value - old;
    if (id >= this.#rows) this.#rows = id + 1;
  }

  /** @throws {OutOfRangeError} the sum is too wide. */
  add(id: number, amount: bigint): void {
    this.set(id, this.#column.get(id) + amount);
  }

  /** @throws {BookUnderflowError} the row holds less than `amount`. */
  subtract(id: number, amount: bigint): void {
    const held = this.#column.get(id);
    if (held < amount) throw new BookUnderflowError(this.name, id, held, amount);
    this.set(id, held - amount);
  }

  /** Puts a row back; only `UndoLog` calls it. */
  restore(id: number, value: bigint): void {
    const old = this.#column.get(id);
    this.#column.set(id, value);
    this.#sum += value - old;
  }

  /** Opens an epoch: the rows as they are now stay readable through `at`. */
  checkpoint(): Epoch {
    this.#copies.push(undefined);
    return this.#copies.length - 1;
  }

  /** Row `id` as it was when `epoch` was opened. */
  at(epoch: Epoch, id: number): bigint {
    for (let e = epoch; e < this.#copies.length; e++) {
      const copy = this.#copies[e]?.get(id);
      if (copy !== undefined) return copy;
    }
    return this.#column.get(id);
  }

  /** All rows as they were when `epoch` was opened, in a column of their own: one copy and what changed since. */
  columnAt(epoch: Epoch): Column {
    const column = this.#column.copy();
    for (let e = this.#copies.length - 1; e >= epoch; e--) {
      for (const [id, value] of this.#copies[e] ?? []) column.set(id, value);
    }
    return column;
  }

  /** Ids with a non-zero row, ascending; at an epoch if one is given. */
  *holders(epoch?: Epoch): Generator<readonly [id: number, shares: bigint]> {
    for (let id = 0; id < this.#rows; id++) {
      const value = epoch === undefined ? this.#column.get(id) : this.at(epoch, id);
      if (value !== 0n) yield [id, value];
    }
  }

  #keep(id: number, old: bigint): void {
    const last = this.#copies.length - 1;
    if (last < 0) return;
    const current = this.#copies[last];
    if (current === undefined) this.#copies[last] = new Map([[id, old]]);
    else if (!current.has(id)) current.set(id, old);
  }
}
