import { Book, concatBytes, fromHex, keccak, toHex, type UndoLog, word } from "@shortfall/core";
import { Cells } from "./cells.js";
import { ZERO_ADDRESS } from "./constants.js";
import type { RateModel } from "./rate-model.js";
import type { LossFigures } from "./step.js";

/** What a market is made of; its id is their hash. */
export interface MarketParameters {
  readonly loanToken: string;
  readonly collateralToken: string;
  readonly oracle: string;
  readonly irm: string;
  readonly lltv: bigint;
}

/** keccak256 of the five words (MarketParamsLib.id). */
export function marketId(parameters: MarketParameters): string {
  const { loanToken, collateralToken, oracle, irm, lltv } = parameters;
  const addresses = [loanToken, collateralToken, oracle, irm].map((address) => word(BigInt(address)));
  return toHex(keccak(concatBytes(...addresses, word(lltv))));
}

/** A market id as it must look: 32 bytes of lower-case hex. */
export const isMarketId = (text: string): boolean =>
  /^0x[0-9a-f]{64}$/.test(text) && fromHex(text).length === 32;

/** The totals of a market at one moment. Assets in loan wei. */
export interface MarketTotals {
  readonly totalSupplyAssets: bigint;
  readonly totalSupplyShares: bigint;
  readonly totalBorrowAssets: bigint;
  readonly totalBorrowShares: bigint;
}

/** One isolated market: its totals, and who holds supply shares, debt shares and collateral. */
export class Market implements MarketTotals {
  readonly id: string;
  readonly parameters: MarketParameters;
  readonly rateModel: RateModel;
  readonly supply: Book;
  readonly borrow: Book;
  readonly collateral: Book;
  /** Figures of its write-offs, as many as `writeOffs` counts. */
  readonly losses: LossFigures[] = [];
  readonly #cells: Cells;

  constructor(id: string, parameters: MarketParameters, rateModel: RateModel, undo: UndoLog) {
    this.id = id;
    this.parameters = parameters;
    this.rateModel = rateModel;
    this.supply = new Book(`${id} supply shares`, { bits: 256, undo });
    this.borrow = new Book(`${id} borrow shares`, { bits: 128, undo });
    this.collateral = new Book(`${id} collateral`, { bits: 128, undo });
    this.#cells = new Cells(9, undo);
  }

  get totalSupplyAssets(): bigint {
    return this.#cells.get(0);
  }
  set totalSupplyAssets(value: bigint) {
    this.#cells.set(0, value);
  }

  get totalSupplyShares(): bigint {
    return this.#cells.get(1);
  }
  set totalSupplyShares(value: bigint) {
    this.#cells.set(1, value);
  }

  get totalBorrowAssets(): bigint {
    return this.#cells.get(2);
  }
  set totalBorrowAssets(value: bigint) {
    this.#cells.set(2, value);
  }

  get totalBorrowShares(): bigint {
    return this.#cells.get(3);
  }
  set totalBorrowShares(value: bigint) {
    this.#cells.set(3, value);
  }

  /** Seconds; 0 means not created. */
  get lastUpdate(): bigint {
    return this.#cells.get(4);
  }
  set lastUpdate(value: bigint) {
    this.#cells.set(4, value);
  }

  /** Wad of interest that goes to the fee recipient. */
  get fee(): bigint {
    return this.#cells.get(5);
  }
  set fee(value: bigint) {
    this.#cells.set(5, value);
  }

  /** State of the adaptive curve; 0 for other rate models. */
  get rateAtTarget(): bigint {
    return this.#cells.get(6);
  }
  set rateAtTarget(value: bigint) {
    this.#cells.set(6, value);
  }

  /** Wei paid above the total debt, because debts round up. They stay in the contract and are nobody's. */
  get surplus(): bigint {
    return this.#cells.get(7);
  }
  set surplus(value: bigint) {
    this.#cells.set(7, value);
  }

  /** Write-offs so far, so that whoever holds its shares can tell which are new. */
  get writeOffs(): bigint {
    return this.#cells.get(8);
  }
  set writeOffs(value: bigint) {
    this.#cells.set(8, value);
  }

  get hasInterest(): boolean {
    return this.parameters.irm !== ZERO_ADDRESS;
  }

  /** Adds a write-off; one that was taken back is overwritten. */
  recordLoss(loss: LossFigures): void {
    this.losses.length = Number(this.writeOffs);
    this.losses.push(loss);
    this.writeOffs += 1n;
  }

  totals(): MarketTotals {
    const { totalSupplyAssets, totalSupplyShares, totalBorrowAssets, totalBorrowShares } = this;
    return { totalSupplyAssets, totalSupplyShares, totalBorrowAssets, totalBorrowShares };
  }
}
