import type { Market } from "../ctoken/market.js";

/** Everything that changes the state of a Comptroller and its cTokens. */
export type CompoundOperation =
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
      /** 2^256 − 1 repays all. */
      readonly assets: bigint;
    }
  | {
      readonly kind: "liquidate";
      readonly market: Market;
      readonly collateral: Market;
      readonly liquidator: string;
      readonly borrower: string;
      readonly assets: bigint;
      /** As observed; decided by prices where absent. */
      readonly seizeTokens?: bigint;
    }
  | {
      readonly kind: "transfer";
      readonly market: Market;
      readonly from: string;
      readonly to: string;
      readonly tokens: bigint;
    }
  | { readonly kind: "addReserves"; readonly market: Market; readonly from: string; readonly assets: bigint }
  | {
      readonly kind: "reduceReserves";
      readonly market: Market;
      readonly from: string;
      readonly assets: bigint;
    }
  | { readonly kind: "accrueInterest"; readonly market: Market }
  | { readonly kind: "enterMarkets"; readonly account: string; readonly markets: readonly Market[] }
  | { readonly kind: "exitMarket"; readonly account: string; readonly market: Market }
  | { readonly kind: "donate"; readonly market: Market; readonly from: string; readonly assets: bigint }
  | { readonly kind: "setPrice"; readonly asset: string; readonly price: bigint }
  | {
      readonly kind: "configure";
      readonly event: string;
      readonly address: string;
      readonly args: Readonly<Record<string, unknown>>;
    };
