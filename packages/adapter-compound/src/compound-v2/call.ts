import type { RecordedCall } from "@shortfall/core";
import { callFields } from "../ctoken/call.js";
import type { CallFailure } from "../ctoken/family.js";
import type { Market } from "../ctoken/market.js";
import type { Pool } from "../ctoken/pool.js";
import type { CompoundOperation } from "./operation.js";
import { oracleAsset } from "./oracle.js";

/** The operation that a call asks for. @throws what `failure` makes. */
export function operationOf(pool: Pool, call: RecordedCall, failure: CallFailure): CompoundOperation {
  const fields = callFields(call, failure);
  const market = (key = "market"): Market => {
    const token = fields.address(key);
    const found = pool.market(token);
    if (!found) throw failure(key, "a market of this Comptroller", token);
    return found;
  };
  const from = fields.address("from");
  switch (call.type) {
    case "mint":
      return { kind: "mint", market: market(), minter: from, assets: fields.uint256("amount") };
    case "redeem":
      return { kind: "redeem", market: market(), redeemer: from, tokens: fields.uint256("tokens") };
    case "redeemUnderlying":
      return { kind: "redeemUnderlying", market: market(), redeemer: from, assets: fields.uint256("amount") };
    case "borrow":
      return { kind: "borrow", market: market(), borrower: from, assets: fields.uint256("amount") };
    case "repay":
      return {
        kind: "repay",
        market: market(),
        payer: from,
        borrower: from,
        assets: fields.uint256("amount"),
      };
    case "repayBehalf":
      return {
        kind: "repay",
        market: market(),
        payer: from,
        borrower: fields.address("borrower"),
        assets: fields.uint256("amount"),
      };
    case "liquidate":
      return {
        kind: "liquidate",
        market: market(),
        collateral: market("collateral"),
        liquidator: from,
        borrower: fields.address("borrower"),
        assets: fields.uint256("repayAmount"),
      };
    case "enterMarkets": {
      const markets = fields.strings("markets").map((token) => {
        const found = pool.market(token.toLowerCase());
        if (!found) throw failure("markets", "markets of this Comptroller", token);
        return found;
      });
      return { kind: "enterMarkets", account: from, markets };
    }
    case "exitMarket":
      return { kind: "exitMarket", account: from, market: market() };
    case "transfer":
      return {
        kind: "transfer",
        market: market(),
        from,
        to: fields.address("dst"),
        tokens: fields.uint256("tokens"),
      };
    case "addReserves":
      return { kind: "addReserves", market: market(), from, assets: fields.uint256("amount") };
    case "reduceReserves":
      return { kind: "reduceReserves", market: market(), from, assets: fields.uint256("amount") };
    case "accrueInterest":
      return { kind: "accrueInterest", market: market() };
    case "donate":
      return { kind: "donate", market: market(), from, assets: fields.uint256("amount") };
    case "setPrice":
      return { kind: "setPrice", asset: oracleAsset(market()), price: fields.uint256("price") };
    default:
      throw failure("type", "a call of Compound v2", call.type);
  }
}
