import type { Market } from "../ctoken/market.js";
import type { Pool } from "../ctoken/pool.js";
import type { Step } from "../ctoken/step.js";
import type { CompoundState } from "./state.js";

/** Stands for the native coin in the reference oracle. */
const NATIVE_COIN = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

/**
 * Key under which the reference oracle keeps a market's price: its underlying, but the placeholder for the
 * market that is called cETH, whatever its underlying. Mirrors SimplePriceOracle._getUnderlyingAddress.
 */
export const oracleAsset = (market: Market): string =>
  market.parameters.symbol === "ETH" ? NATIVE_COIN : market.parameters.underlying;

/** Markets priced under an oracle key. */
export const marketsPricedBy = (pool: Pool, asset: string): Market[] =>
  pool.markets.filter((market) => oracleAsset(market) === asset);

/** Posts a price. Mirrors SimplePriceOracle.setUnderlyingPrice. */
export function postPrice(state: CompoundState, step: Step, asset: string, price: bigint): void {
  const markets = marketsPricedBy(state.pool, asset);
  const previous = markets[0]?.price ?? 0n;
  for (const market of markets) market.price = price;
  step.emit(state.constants.oracle, "PricePosted", {
    asset,
    previousPriceMantissa: previous,
    requestedPriceMantissa: price,
    newPriceMantissa: price,
  });
  step.seal("price");
}
