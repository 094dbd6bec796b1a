import type { RecordedCall } from "@shortfall/core";
import { callFields, marketIn, marketOperation } from "../ctoken/call.js";
import type { CallFailure } from "../ctoken/family.js";
import type { Market } from "../ctoken/market.js";
import type { Pool } from "../ctoken/pool.js";
import type { CompoundOperation } from "./operation.js";
import { oracleAsset } from "./oracle.js";

const WHOSE = "Comptroller";

/** The operation that a call asks for. @throws what `failure` makes. */
export function operationOf(pool: Pool, call: RecordedCall, failure: CallFailure): CompoundOperation {
  const common = marketOperation(pool, call, WHOSE, failure);
  if (common) return common;
  const fields = callFields(call, failure);
  const market = (): Market => marketIn(pool, fields, "market", WHOSE, failure);
  switch (call.type) {
    case "reduceReserves":
      return {
        kind: "reduceReserves",
        market: market(),
        from: fields.address("from"),
        assets: fields.uint256("amount"),
      };
    case "setPrice":
      return { kind: "setPrice", asset: oracleAsset(market()), price: fields.uint256("price") };
    default:
      throw failure("type", "a call of Compound v2", call.type);
  }
}
