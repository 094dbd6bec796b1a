import type { UndoLog } from "@shortfall/core";
import { Cells } from "./cells.js";

enum CategorySlot {
  Ltv,
  Threshold,
  Bonus,
  Isolated,
  Collateral,
  Borrowable,
  LtvZero,
}

/** One efficiency-mode category; bitmaps by reserve id. */
export class Category {
  readonly id: number;
  readonly #cells: Cells;

  constructor(id: number, undo: UndoLog) {
    this.id = id;
    this.#cells = new Cells(undo);
  }

  get ltvBps(): bigint {
    return this.#cells.get(CategorySlot.Ltv);
  }
  set ltvBps(value: bigint) {
    this.#cells.set(CategorySlot.Ltv, value);
  }

  get thresholdBps(): bigint {
    return this.#cells.get(CategorySlot.Threshold);
  }
  set thresholdBps(value: bigint) {
    this.#cells.set(CategorySlot.Threshold, value);
  }

  get bonusBps(): bigint {
    return this.#cells.get(CategorySlot.Bonus);
  }
  set bonusBps(value: bigint) {
    this.#cells.set(CategorySlot.Bonus, value);
  }

  /** Assets outside its collateral have a loan-to-value of 0 for its members (3.7). */
  get isolated(): boolean {
    return this.#cells.get(CategorySlot.Isolated) !== 0n;
  }
  set isolated(value: boolean) {
    this.#cells.set(CategorySlot.Isolated, value ? 1n : 0n);
  }

  get collateralBitmap(): bigint {
    return this.#cells.get(CategorySlot.Collateral);
  }
  set collateralBitmap(value: bigint) {
    this.#cells.set(CategorySlot.Collateral, value);
  }

  get borrowableBitmap(): bigint {
    return this.#cells.get(CategorySlot.Borrowable);
  }
  set borrowableBitmap(value: bigint) {
    this.#cells.set(CategorySlot.Borrowable, value);
  }

  get ltvZeroBitmap(): bigint {
    return this.#cells.get(CategorySlot.LtvZero);
  }
  set ltvZeroBitmap(value: bigint) {
    this.#cells.set(CategorySlot.LtvZero, value);
  }
}
