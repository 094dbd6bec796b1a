import type { Market } from "./market.js";

/** What a liquidator asks for; each protocol adds what was observed. */
export interface Liquidation {
  readonly kind: "liquidate";
  readonly market: Market;
  readonly collateral: Market;
  readonly liquidator: string;
  readonly borrower: string;
  readonly assets: bigint;
}

/** What changes the state of markets in the same way in every protocol of the family. */
export type MarketOperation =
  | { readonly kind: "mint"; readonly market: Market; readonly minter: string; readonly assets: bigint }
  | { readonly kind: "redeem"; readonly market: Market; readonly redeemer: string; readonly tokens: bigint }
  | {
      readonly kind: "redeemUnderlying";
      readonly market: Market;
      readonly redeemer: string;
      readonly assets: bigint;
    }
  | { readonly kind: "borrow"; readonly market: Market; readonly borrower: string; readonly assets: bigint }
  | {
      readonly kind: "repay";
      readonly market: Market;
      readonly payer: string;
      readonly borrower: string;
      /** Compound v2: 2^256 − 1 repays all. Venus: more than the debt repays the debt. */
      readonly assets: bigint;
    }
  | {
      readonly kind: "transfer";
      readonly market: Market;
      readonly from: string;
      readonly to: string;
      readonly tokens: bigint;
    }
  | { readonly kind: "addReserves"; readonly market: Market; readonly from: string; readonly assets: bigint }
  | { readonly kind: "accrueInterest"; readonly market: Market }
  | { readonly kind: "enterMarkets"; readonly account: string; readonly markets: readonly Market[] }
  | { readonly kind: "exitMarket"; readonly account: string; readonly market: Market }
  | { readonly kind: "donate"; readonly market: Market; readonly from: string; readonly assets: bigint }
  | {
      readonly kind: "configure";
      readonly event: string;
      readonly address: string;
      readonly args: Readonly<Record<string, unknown>>;
    };
