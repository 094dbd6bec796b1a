import { Book, type UndoLog } from "@shortfall/core";
import { Cells } from "./cells.js";
import type { JumpRateModel } from "./rate-model.js";

/** What a header says about one market and nothing but an upgrade changes. */
export interface MarketParameters {
  /** Address of the cToken or vToken. */
  readonly token: string;
  readonly underlying: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly initialExchangeRateWad: bigint;
  readonly rateModel: JumpRateModel;
}

/** Adjustable factors of a market as a header gives them. All mantissas, 1e18. */
export interface MarketFactors {
  readonly reserveFactorWad: bigint;
  readonly collateralFactorWad: bigint;
  /** Equal to the collateral factor where a protocol knows only one. */
  readonly liquidationThresholdWad: bigint;
  readonly seizeShareWad: bigint;
}

const CELL = {
  cash: 0,
  totalBorrows: 1,
  totalReserves: 2,
  totalSupply: 3,
  borrowIndex: 4,
  accrualSlot: 5,
  badDebt: 6,
  pushSlot: 7,
  price: 8,
  reserveFactor: 9,
  collateralFactor: 10,
  liquidationThreshold: 11,
  seizeShare: 12,
  marketDebt: 13,
  bidAmount: 14,
} as const;

/**
 * One market: its totals, its books of share tokens and borrow snapshots, its last price. Every write goes
 * through the undo log.
 */
export class Market {
  readonly index: number;
  readonly parameters: MarketParameters;
  /** Share tokens by account. */
  readonly tokens: Book;
  /** Debt at the account's last touch, underlying base units. */
  readonly principal: Book;
  /** Borrow index at that touch. */
  readonly interestIndex: Book;
  readonly #cells: Cells;

  constructor(index: number, parameters: MarketParameters, factors: MarketFactors, undo: UndoLog) {
    this.index = index;
    this.parameters = parameters;
    // Amounts are uint256 in the contracts and nothing keeps them below 2^128.
    this.tokens = new Book(`${parameters.symbol} share tokens`, { bits: 256, undo });
    this.principal = new Book(`${parameters.symbol} borrow principal`, { bits: 256, undo });
    this.interestIndex = new Book(`${parameters.symbol} borrow index`, { bits: 256, undo });
    this.#cells = new Cells(undo, Object.keys(CELL).length);
    this.reserveFactorWad = factors.reserveFactorWad;
    this.collateralFactorWad = factors.collateralFactorWad;
    this.liquidationThresholdWad = factors.liquidationThresholdWad;
    this.seizeShareWad = factors.seizeShareWad;
  }

  get token(): string {
    return this.parameters.token;
  }

  /** Underlying held by the market's contract. */
  get cash(): bigint {
    return this.#cells.get(CELL.cash);
  }
  set cash(value: bigint) {
    this.#cells.set(CELL.cash, value);
  }

  get totalBorrows(): bigint {
    return this.#cells.get(CELL.totalBorrows);
  }
  set totalBorrows(value: bigint) {
    this.#cells.set(CELL.totalBorrows, value);
  }

  get totalReserves(): bigint {
    return this.#cells.get(CELL.totalReserves);
  }
  set totalReserves(value: bigint) {
    this.#cells.set(CELL.totalReserves, value);
  }

  /** Share tokens in existence. */
  get totalSupply(): bigint {
    return this.#cells.get(CELL.totalSupply);
  }
  set totalSupply(value: bigint) {
    this.#cells.set(CELL.totalSupply, value);
  }

  get borrowIndex(): bigint {
    return this.#cells.get(CELL.borrowIndex);
  }
  set borrowIndex(value: bigint) {
    this.#cells.set(CELL.borrowIndex, value);
  }

  /** Block number, or second, of the last accrual. */
  get accrualSlot(): bigint {
    return this.#cells.get(CELL.accrualSlot);
  }
  set accrualSlot(value: bigint) {
    this.#cells.set(CELL.accrualSlot, value);
  }

  /** Recognised bad debt; always 0 where a protocol has none. */
  get badDebt(): bigint {
    return this.#cells.get(CELL.badDebt);
  }
  set badDebt(value: bigint) {
    this.#cells.set(CELL.badDebt, value);
  }

  /** Slot in which reserves were last pushed out by an accrual. */
  get pushSlot(): bigint {
    return this.#cells.get(CELL.pushSlot);
  }
  set pushSlot(value: bigint) {
    this.#cells.set(CELL.pushSlot, value);
  }

  /** USD price scaled 1e(36 − decimals); 0 while unknown. */
  get price(): bigint {
    return this.#cells.get(CELL.price);
  }
  set price(value: bigint) {
    this.#cells.set(CELL.price, value);
  }

  get reserveFactorWad(): bigint {
    return this.#cells.get(CELL.reserveFactor);
  }
  set reserveFactorWad(value: bigint) {
    this.#cells.set(CELL.reserveFactor, value);
  }

  get collateralFactorWad(): bigint {
    return this.#cells.get(CELL.collateralFactor);
  }
  set collateralFactorWad(value: bigint) {
    this.#cells.set(CELL.collateralFactor, value);
  }

  get liquidationThresholdWad(): bigint {
    return this.#cells.get(CELL.liquidationThreshold);
  }
  set liquidationThresholdWad(value: bigint) {
    this.#cells.set(CELL.liquidationThreshold, value);
  }

  /** Part of a seizure that goes to the protocol. */
  get seizeShareWad(): bigint {
    return this.#cells.get(CELL.seizeShare);
  }
  set seizeShareWad(value: bigint) {
    this.#cells.set(CELL.seizeShare, value);
  }

  /** Bad debt of this market in the running auction. */
  get marketDebt(): bigint {
    return this.#cells.get(CELL.marketDebt);
  }
  set marketDebt(value: bigint) {
    this.#cells.set(CELL.marketDebt, value);
  }

  /** What the highest bidder has paid in for this market. */
  get bidAmount(): bigint {
    return this.#cells.get(CELL.bidAmount);
  }
  set bidAmount(value: bigint) {
    this.#cells.set(CELL.bidAmount, value);
  }
}
