import type { Market } from "../ctoken/market.js";
import type { Liquidation, MarketOperation } from "../ctoken/operation.js";
import type { Asset } from "../ctoken/pool.js";

/** One order of a liquidateAccount call. */
export interface LiquidationOrder {
  readonly market: Market;
  readonly collateral: Market;
  readonly assets: bigint;
}

/** What an AuctionStarted event says of the prices that were used. */
export interface ObservedStart {
  readonly type: bigint;
  readonly seizedRiskFund: bigint;
  readonly startBidBps: bigint;
}

/** Everything that changes the state of an isolated pool, its auction and its risk fund. */
export type VenusOperation =
  | MarketOperation
  /** As observed, from a liquidation of its own or an order of a batch; decided by prices where absent. */
  | (Liquidation & { readonly observed?: { readonly seizeTokens: bigint } })
  | {
      readonly kind: "liquidateAccount";
      readonly liquidator: string;
      readonly borrower: string;
      readonly orders: readonly LiquidationOrder[];
    }
  | {
      readonly kind: "healAccount";
      readonly payer: string;
      readonly account: string;
      /** What was repaid by market, as observed; decided by prices where absent. */
      readonly repaid?: ReadonlyMap<Market, bigint>;
    }
  | { readonly kind: "reduceReserves"; readonly market: Market; readonly assets: bigint }
  | {
      readonly kind: "moveTokens";
      readonly asset: Asset;
      readonly from: string;
      readonly to: string;
      readonly assets: bigint;
    }
  | { readonly kind: "startAuction"; readonly observed?: ObservedStart }
  | { readonly kind: "restartAuction"; readonly observed?: ObservedStart }
  | {
      readonly kind: "placeBid";
      readonly bidder: string;
      readonly bidBps: bigint;
      readonly startSlot: bigint;
    }
  | { readonly kind: "closeAuction" }
  | { readonly kind: "riskFundSync" }
  | { readonly kind: "setPrice"; readonly market: Market; readonly price: bigint };
