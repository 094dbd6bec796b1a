export * from "./known-markets.js";
export { headerOfMarket, type KnownMarket, type MarketHeader, type MarketRpc } from "./market-header.js";
