import type { Fields, RecordedCall } from "@shortfall/core";
import { callFields, marketIn, marketOperation } from "../ctoken/call.js";
import type { CallFailure } from "../ctoken/family.js";
import type { Market } from "../ctoken/market.js";
import type { VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

const WHOSE = "pool";

/** The operation that a call asks for. @throws what `failure` makes. */
export function operationOf(state: VenusState, call: RecordedCall, failure: CallFailure): VenusOperation {
  const common = marketOperation(state.pool, call, WHOSE, failure);
  if (common) return common;
  const fields = callFields(call, failure);
  const marketOf = (source: Fields, key: string): Market => marketIn(state.pool, source, key, WHOSE, failure);
  const market = (): Market => marketOf(fields, "market");
  const from = fields.address("from");
  switch (call.type) {
    case "liquidateAccount":
      return {
        kind: "liquidateAccount",
        liquidator: from,
        borrower: fields.address("borrower"),
        orders: fields.objects("orders").map((order) => ({
          market: marketOf(order, "vTokenBorrowed"),
          collateral: marketOf(order, "vTokenCollateral"),
          assets: order.uint256("repayAmount"),
        })),
      };
    case "healAccount":
      return { kind: "healAccount", payer: from, account: fields.address("account") };
    case "reduceReserves":
      return { kind: "reduceReserves", market: market(), assets: fields.uint256("amount") };
    case "startAuction":
      return { kind: "startAuction" };
    case "restartAuction":
      return { kind: "restartAuction" };
    case "placeBid":
      return {
        kind: "placeBid",
        bidder: from,
        bidBps: fields.uint256("bidBps"),
        startSlot: fields.uint256("auctionStart"),
      };
    case "closeAuction":
      return { kind: "closeAuction" };
    case "riskFundTopUp": {
      const address = fields.address("asset");
      const asset = state.pool.asset(address);
      if (!asset) throw failure("asset", "an underlying of this pool", address);
      return {
        kind: "moveTokens",
        asset,
        from,
        to: state.constants.riskFund,
        assets: fields.uint256("amount"),
      };
    }
    case "riskFundSync":
      return { kind: "riskFundSync" };
    case "setPrice":
      return { kind: "setPrice", market: market(), price: fields.uint256("price") };
    default:
      throw failure("type", "a call of a Venus isolated pool", call.type);
  }
}
