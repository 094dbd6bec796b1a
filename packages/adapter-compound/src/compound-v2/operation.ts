import type { Market } from "../ctoken/market.js";
import type { Liquidation, MarketOperation } from "../ctoken/operation.js";

/** Everything that changes the state of a Comptroller and its cTokens. */
export type CompoundOperation =
  | MarketOperation
  /** The tokens as observed; decided by prices where absent. */
  | (Liquidation & { readonly seizeTokens?: bigint })
  | {
      readonly kind: "reduceReserves";
      readonly market: Market;
      readonly from: string;
      readonly assets: bigint;
    }
  | { readonly kind: "setPrice"; readonly asset: string; readonly price: bigint };
