import { Fields, type RecordedCall, ShortfallError } from "@shortfall/core";
import type { CallFailure } from "./family.js";
import type { Market } from "./market.js";
import type { Liquidation, MarketOperation } from "./operation.js";
import type { Pool } from "./pool.js";

/** A call that names no operation, or lacks an argument of it. */
export class MarketCallError extends ShortfallError {
  readonly code = "SF_MARKET_CALL";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Call field "${field}": expected ${expected}, got ${received}.`);
  }
}

/** Reads a call's fields with the given way of failing. */
export const callFields = (call: RecordedCall, failure: CallFailure): Fields => new Fields(call, "", failure);

/** Reads the market that a field of a call, or of an order within it, names. `whose`: "pool" or "Comptroller". */
export function marketIn(
  pool: Pool,
  source: Fields,
  key: string,
  whose: string,
  failure: CallFailure,
): Market {
  const token = source.address(key);
  const found = pool.market(token);
  if (!found) throw failure(key, `a market of this ${whose}`, token);
  return found;
}

/** The operation that a call asks for, where every protocol of the family reads it alike. @throws what `failure` makes. */
export function marketOperation(
  pool: Pool,
  call: RecordedCall,
  whose: string,
  failure: CallFailure,
): MarketOperation | Liquidation | undefined {
  const fields = callFields(call, failure);
  const marketOf = (key: string): Market => marketIn(pool, fields, key, whose, failure);
  const market = (): Market => marketOf("market");
  const entered = (token: string): Market => {
    const found = pool.market(token.toLowerCase());
    if (!found) throw failure("markets", `markets of this ${whose}`, token);
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
        collateral: marketOf("collateral"),
        liquidator: from,
        borrower: fields.address("borrower"),
        assets: fields.uint256("repayAmount"),
      };
    case "enterMarkets":
      return { kind: "enterMarkets", account: from, markets: fields.strings("markets").map(entered) };
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
    case "accrueInterest":
      return { kind: "accrueInterest", market: market() };
    case "donate":
      return { kind: "donate", market: market(), from, assets: fields.uint256("amount") };
    default:
      return undefined;
  }
}
