import { Cells } from "../ctoken/cells.js";
import type { Market } from "../ctoken/market.js";
import type { Asset, Pool } from "../ctoken/pool.js";
import { Auction } from "./auction-state.js";

/** Contracts beside the markets, and what a deployment fixes for good. */
export interface VenusConstants {
  /** Rate per slot above which an accrual reverts, mantissa. */
  readonly maxBorrowRateWad: bigint;
  readonly oracle: string;
  readonly shortfall: string;
  readonly riskFund: string;
  readonly protocolShareReserve: string;
  /** What the risk fund is kept in. */
  readonly baseAsset: Asset;
  /** Interest counts seconds, else blocks. */
  readonly timeBased: boolean;
}

const CELL = { riskFund: 0, minimumPoolBadDebt: 1, incentiveBps: 2, wait: 3, limit: 4 } as const;

/** The state of an isolated pool with its auction and its part of the risk fund. */
export class VenusState {
  readonly pool: Pool;
  readonly constants: VenusConstants;
  readonly auction: Auction;
  readonly #cells: Cells;
  readonly #pushDeltas: Cells;

  constructor(pool: Pool, constants: VenusConstants) {
    this.pool = pool;
    this.constants = constants;
    this.auction = new Auction(pool.undo);
    this.#cells = new Cells(pool.undo, 5);
    this.#pushDeltas = new Cells(pool.undo, pool.markets.length);
  }

  /** Base-asset units that the risk fund counts for this pool; its token balance may be ahead of it. */
  get riskFundReserves(): bigint {
    return this.#cells.get(CELL.riskFund);
  }
  set riskFundReserves(value: bigint) {
    this.#cells.set(CELL.riskFund, value);
  }

  /** Least bad debt, USD 1e18, that may be auctioned. */
  get minimumPoolBadDebt(): bigint {
    return this.#cells.get(CELL.minimumPoolBadDebt);
  }
  set minimumPoolBadDebt(value: bigint) {
    this.#cells.set(CELL.minimumPoolBadDebt, value);
  }

  /** What bidders get on top of the debt. */
  get incentiveBps(): bigint {
    return this.#cells.get(CELL.incentiveBps);
  }
  set incentiveBps(value: bigint) {
    this.#cells.set(CELL.incentiveBps, value);
  }

  /** Slots after the start in which a first bid must come. */
  get waitForFirstBidder(): bigint {
    return this.#cells.get(CELL.wait);
  }
  set waitForFirstBidder(value: bigint) {
    this.#cells.set(CELL.wait, value);
  }

  /** Slots after the last bid before the auction may be closed. */
  get nextBidderLimit(): bigint {
    return this.#cells.get(CELL.limit);
  }
  set nextBidderLimit(value: bigint) {
    this.#cells.set(CELL.limit, value);
  }

  /** Slots between two automatic pushes of a market's reserves. */
  pushDelta(market: Market): bigint {
    return this.#pushDeltas.get(market.index);
  }

  setPushDelta(market: Market, slots: bigint): void {
    this.#pushDeltas.set(market.index, slots);
  }
}
