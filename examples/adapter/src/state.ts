import { AccountTable, Book, Fields, type HistoryHeader } from "@shortfall/core";
import { mulDivDown, mulDivUp, RAY } from "@shortfall/math";

/**
 * State of a pond: one asset; suppliers hold shares of an index that interest raises and bad debt lowers; debts
 * are plain amounts. The protocol is invented for this example and as small as one can be that still loses.
 */
export class PondState {
  readonly pool: string;
  readonly asset: string;
  readonly decimals: number;
  readonly accounts = new AccountTable();
  readonly shares = new Book("shares");
  readonly debts = new Book("debts");
  cash = 0n;
  /** Assets per share, 1e27. */
  indexRay = RAY;

  /** @throws {HeaderError} */
  constructor(header: HistoryHeader) {
    const params = new Fields(header).object("params");
    this.pool = params.address("pool");
    this.asset = params.string("asset");
    this.decimals = params.integer("decimals");
  }

  /** What the pond owes its suppliers; rounds down, the pond keeps the dust. */
  get supplied(): bigint {
    return mulDivDown(this.shares.sum, this.indexRay, RAY);
  }
}

/** Shares for a deposit, rounded down. */
export const sharesIn = (assets: bigint, indexRay: bigint): bigint => mulDivDown(assets, RAY, indexRay);
/** Shares for a withdrawal, rounded up. */
export const sharesOut = (assets: bigint, indexRay: bigint): bigint => mulDivUp(assets, RAY, indexRay);
