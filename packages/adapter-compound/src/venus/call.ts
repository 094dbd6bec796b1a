import type { Fields, RecordedCall } from "@shortfall/core";
import { callFields } from "../ctoken/call.js";
import type { CallFailure } from "../ctoken/family.js";
import type { Market } from "../ctoken/market.js";
import type { VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

/** The operation that a call asks for. @throws what `failure` makes. */
export function operationOf(state: VenusState, call: RecordedCall, failure: CallFailure): VenusOperation {
  const fields = callFields(call, failure);
  const marketIn = (source: Fields, key: string): Market => {
    const token = source.address(key);
    const found = state.pool.market(token);
    if (!found) throw failure(key, "a market of this pool", token);
    return found;
  };
  const market = (): Market => marketIn(fields, "market");
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
    case "repayBehalf":
      return {
        kind: "repay",
        market: market(),
        payer: from,
        borrower: call.type === "repay" ? from : fields.address("borrower"),
        assets: fields.uint256("amount"),
      };
    case "liquidate":
      return {
        kind: "liquidate",
        market: market(),
        collateral: marketIn(fields, "collateral"),
        liquidator: from,
        borrower: fields.address("borrower"),
        assets: fields.uint256("repayAmount"),
      };
    case "liquidateAccount":
      return {
        kind: "liquidateAccount",
        liquidator: from,
        borrower: fields.address("borrower"),
        orders: fields.objects("orders").map((order) => ({
          market: marketIn(order, "vTokenBorrowed"),
          collateral: marketIn(order, "vTokenCollateral"),
          assets: order.uint256("repayAmount"),
        })),
      };
    case "healAccount":
      return { kind: "healAccount", payer: from, account: fields.address("account") };
    case "enterMarkets": {
      const markets = fields.strings("markets").map((token) => {
        const found = state.pool.market(token.toLowerCase());
        if (!found) throw failure("markets", "markets of this pool", token);
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
      return { kind: "reduceReserves", market: market(), assets: fields.uint256("amount") };
    case "accrueInterest":
      return { kind: "accrueInterest", market: market() };
    case "donate":
      return { kind: "donate", market: market(), from, assets: fields.uint256("amount") };
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
