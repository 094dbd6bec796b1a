import { AccountTable, Book, type Epoch, UndoLog } from "@shortfall/core";

/** Everything a trial may have to put back. */
export interface StateMark {
  readonly rows: number;
  readonly fields: readonly bigint[];
  readonly totals: readonly bigint[];
  readonly held: readonly bigint[];
  readonly costs: readonly bigint[];
  readonly pauseFlags: number;
}

/** Token units owed back to those who posted, and tokens held, of one collateral. */
export interface CollateralTotals {
  readonly posted: bigint;
  readonly held: bigint;
}

/**
 * One market's books and totals.
 *
 * Principals are signed in the contract and kept in two books here: `supply` and `debt`, of which one is 0
 * for any account. The bitmaps of posted assets follow from the collateral books and are not kept.
 */
export class CometState {
  readonly accounts = new AccountTable();
  readonly undo = new UndoLog();
  readonly supply = new Book("supply", { undo: this.undo });
  readonly debt = new Book("debt", { undo: this.undo });
  readonly trackingIndex = new Book("tracking index", { undo: this.undo });
  readonly trackingAccrued = new Book("tracking accrued", { undo: this.undo });
  readonly collateral: readonly Book[];

  baseSupplyIndex = 0n;
  baseBorrowIndex = 0n;
  trackingSupplyIndex = 0n;
  trackingBorrowIndex = 0n;
  /** Principal units; may exceed the sum of the book by a unit for each credit of dust. */
  totalSupplyBase = 0n;
  totalBorrowBase = 0n;
  /** Seconds. */
  lastAccrualTime = 0n;
  /** Base tokens held. */
  baseBalance = 0n;
  /** Bit 0 supply, 1 transfer, 2 withdraw, 3 absorb, 4 buy. */
  pauseFlags = 0;
  readonly totalSupplyAsset: bigint[];
  readonly collateralBalance: bigint[];
  /** Base units credited to absorbed accounts for the collateral reserves still held, by asset. */
  readonly inventoryCost: bigint[];
  /** Last price of the base token, then of each collateral; 1e8. */
  readonly prices: (bigint | undefined)[];
  /** `owner>manager` pairs. */
  readonly permissions = new Set<string>();

  constructor(assets: number) {
    this.collateral = Array.from(
      { length: assets },
      (_, index) => new Book(`collateral ${index}`, { undo: this.undo }),
    );
    this.totalSupplyAsset = Array.from({ length: assets }, () => 0n);
    this.collateralBalance = Array.from({ length: assets }, () => 0n);
    this.inventoryCost = Array.from({ length: assets }, () => 0n);
    this.prices = Array.from({ length: assets + 1 }, () => undefined);
  }

  /** Signed principal. */
  principal(id: number): bigint {
    const supplied = this.supply.get(id);
    return supplied === 0n ? -this.debt.get(id) : supplied;
  }

  setPrincipal(id: number, principal: bigint): void {
    this.supply.set(id, principal > 0n ? principal : 0n);
    this.debt.set(id, principal < 0n ? -principal : 0n);
  }

  /** Bits of the assets that the account has posted, asset 0 lowest. */
  assetBits(id: number): number {
    let bits = 0;
    for (let index = 0; index < this.collateral.length; index++) {
      if (this.collateral[index]!.get(id) !== 0n) bits |= 1 << index;
    }
    return bits;
  }

  /** Whether nothing at all is recorded for the account. */
  isBlank(id: number): boolean {
    return (
      this.supply.get(id) === 0n &&
      this.debt.get(id) === 0n &&
      this.trackingIndex.get(id) === 0n &&
      this.trackingAccrued.get(id) === 0n &&
      this.assetBits(id) === 0
    );
  }

  mark(): StateMark {
    return {
      rows: this.undo.mark(),
      fields: [
        this.baseSupplyIndex,
        this.baseBorrowIndex,
        this.trackingSupplyIndex,
        this.trackingBorrowIndex,
        this.totalSupplyBase,
        this.totalBorrowBase,
        this.lastAccrualTime,
        this.baseBalance,
      ],
      totals: [...this.totalSupplyAsset],
      held: [...this.collateralBalance],
      costs: [...this.inventoryCost],
      pauseFlags: this.pauseFlags,
    };
  }

  rollback(mark: StateMark): void {
    this.undo.rollback(mark.rows);
    [
      this.baseSupplyIndex,
      this.baseBorrowIndex,
      this.trackingSupplyIndex,
      this.trackingBorrowIndex,
      this.totalSupplyBase,
      this.totalBorrowBase,
      this.lastAccrualTime,
      this.baseBalance,
    ] = mark.fields as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    mark.totals.forEach((value, index) => {
      this.totalSupplyAsset[index] = value;
    });
    mark.held.forEach((value, index) => {
      this.collateralBalance[index] = value;
    });
    mark.costs.forEach((value, index) => {
      this.inventoryCost[index] = value;
    });
    this.pauseFlags = mark.pauseFlags;
  }

  /** Keeps what was done since the oldest mark. */
  commit(): void {
    this.undo.clear();
  }

  /** Opens an epoch of the suppliers' book. */
  checkpointSuppliers(): Epoch {
    return this.supply.checkpoint();
  }
}
