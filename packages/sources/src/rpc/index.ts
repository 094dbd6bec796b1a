export { type RpcCheckpoint, type RpcTotal, readCheckpoints } from "./checkpoint.js";
export * from "./cursor.js";
export * from "./download.js";
export {
  type HttpEndpointOptions,
  httpEndpoint,
  type RpcPatience,
  type RpcTag,
} from "./endpoint.js";
export * from "./errors.js";
export type { RpcFilter, RpcTokens } from "./filter.js";
export {
  type ImplementationChange,
  type ImplementationOptions,
  readImplementations,
} from "./implementation.js";
export type { RpcEnd, RpcSourceOptions } from "./opening.js";
export type { RpcVerification } from "./page-reader.js";
export { type RpcPriceFeed, readPriceFeeds } from "./price-feed.js";
export * from "./rpc-source.js";
