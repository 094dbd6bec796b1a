import type { UndoLog } from "@shortfall/core";
import { Cells } from "./cells.js";

/** A contract beside the markets whose token balances matter: share reserve, auction house, risk fund. */
export class Purse {
  readonly address: string;
  /** Account that answers for what it holds. */
  readonly owed: string;
  readonly #cells: Cells;

  constructor(address: string, owed: string, assets: number, undo: UndoLog) {
    this.address = address;
    this.owed = owed;
    this.#cells = new Cells(undo, assets);
  }

  /** Units held of the asset with that number. */
  balance(asset: number): bigint {
    return this.#cells.get(asset);
  }

  setBalance(asset: number, value: bigint): void {
    this.#cells.set(asset, value);
  }
}
