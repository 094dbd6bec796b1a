import type { UndoLog } from "@shortfall/core";
import { Cells } from "../ctoken/cells.js";

/** Who gains more from the auction: 0 the debt exceeds the fund, 1 the fund exceeds the debt. */
export const LARGE_POOL_DEBT = 0n;
export const LARGE_RISK_FUND = 1n;

/** Auction states as the contract numbers them. */
export const NOT_STARTED = 0n;
export const STARTED = 1n;
export const ENDED = 2n;

const CELL = {
  start: 0,
  type: 1,
  status: 2,
  seized: 3,
  bidder: 4,
  bidBps: 5,
  bidSlot: 6,
  startBps: 7,
} as const;

/** The pool's entry in Shortfall.auctions; per-market amounts live in the markets. */
export class Auction {
  readonly #cells: Cells;

  constructor(undo: UndoLog) {
    this.#cells = new Cells(undo, 8);
  }

  get startSlot(): bigint {
    return this.#cells.get(CELL.start);
  }
  set startSlot(value: bigint) {
    this.#cells.set(CELL.start, value);
  }

  get type(): bigint {
    return this.#cells.get(CELL.type);
  }
  set type(value: bigint) {
    this.#cells.set(CELL.type, value);
  }

  get status(): bigint {
    return this.#cells.get(CELL.status);
  }
  set status(value: bigint) {
    this.#cells.set(CELL.status, value);
  }

  /** A USD amount with 18 decimals, which the contract pays out as base-asset units. */
  get seizedRiskFund(): bigint {
    return this.#cells.get(CELL.seized);
  }
  set seizedRiskFund(value: bigint) {
    this.#cells.set(CELL.seized, value);
  }

  /** Address, or undefined while there is no bid. */
  get highestBidder(): string | undefined {
    const packed = this.#cells.get(CELL.bidder);
    return packed === 0n ? undefined : `0x${packed.toString(16).padStart(40, "0")}`;
  }
  set highestBidder(address: string | undefined) {
    this.#cells.set(CELL.bidder, address === undefined ? 0n : BigInt(address));
  }

  get highestBidBps(): bigint {
    return this.#cells.get(CELL.bidBps);
  }
  set highestBidBps(value: bigint) {
    this.#cells.set(CELL.bidBps, value);
  }

  get highestBidSlot(): bigint {
    return this.#cells.get(CELL.bidSlot);
  }
  set highestBidSlot(value: bigint) {
    this.#cells.set(CELL.bidSlot, value);
  }

  get startBidBps(): bigint {
    return this.#cells.get(CELL.startBps);
  }
  set startBidBps(value: bigint) {
    this.#cells.set(CELL.startBps, value);
  }
}
