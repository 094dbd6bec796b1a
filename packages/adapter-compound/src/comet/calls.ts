import { Fields, type Position, type RecordedCall } from "@shortfall/core";
import { absorb } from "./absorb.js";
import { accrueAccount, claimAt, debtAt, MAXIMUM, supplyBase, transferBase, withdrawBase } from "./base.js";
import { type Checks, fail } from "./checks.js";
import { supplyCollateral, transferCollateral, withdrawCollateral } from "./collateral.js";
import { CometCallError, CometRefusal } from "./errors.js";
import type { CometMarket } from "./market.js";
import type { Outcome } from "./outcome.js";
import { buyCollateral, donate, withdrawReserves } from "./reserves.js";

/** Types of call that a market or its surroundings understand. */
export const CALL_TYPES = [
  "supply",
  "withdraw",
  "transfer",
  "absorb",
  "buyCollateral",
  "withdrawReserves",
  "donate",
  "accrueAccount",
  "setPrice",
] as const;
export type CallType = (typeof CALL_TYPES)[number];

export const isCallType = (type: string): type is CallType =>
  (CALL_TYPES as readonly string[]).includes(type);

const callFailure = (field: string, expected: string, received: string): CometCallError =>
  new CometCallError(field, expected, received);

/** A call with its fields checked one by one. @throws {CometCallError} */
export const callFields = (call: RecordedCall): Fields => new Fields(call, "", callFailure);

/**
 * Runs a call: its outcomes in order, of which only absorb has several. The caller puts the state back if
 * one of them refuses.
 *
 * @throws {CometRefusal} with the contract's reason. @throws {CometCallError} for a malformed call.
 */
export function runCall(
  market: CometMarket,
  call: RecordedCall,
  position: Position,
  checks: Checks,
): Outcome[] {
  const fields = callFields(call);
  const time = BigInt(position.timestamp);
  const { configuration, state } = market;
  const type = call.type;
  if (!isCallType(type)) throw new CometCallError("type", CALL_TYPES.join(", "), type);
  switch (type) {
    case "supply": {
      const payer = fields.address("from");
      const account = fields.has("dst") ? fields.address("dst") : payer;
      const asset = fields.address("asset");
      const amount = fields.uint256("amount");
      market.requireRunning("supply", checks);
      if (asset !== configuration.baseToken) {
        return [supplyCollateral(market, payer, account, asset, amount, checks)];
      }
      const paid = amount === MAXIMUM ? debtAt(market, account, time) : amount;
      return [supplyBase(market, payer, account, paid, time, checks)];
    }
    case "withdraw": {
      const operator = fields.address("from");
      const account = fields.has("src") ? fields.address("src") : operator;
      const to = fields.has("to") ? fields.address("to") : operator;
      const asset = fields.address("asset");
      const amount = fields.uint256("amount");
      market.requireRunning("withdraw", checks);
      market.requirePermission(account, operator, checks);
      if (asset !== configuration.baseToken) {
        return [withdrawCollateral(market, account, to, asset, amount, checks)];
      }
      const taken = amount === MAXIMUM ? claimAt(market, account, time) : amount;
      return [withdrawBase(market, account, to, taken, time, checks)];
    }
    case "transfer": {
      const operator = fields.address("from");
      const source = fields.has("src") ? fields.address("src") : operator;
      const destination = fields.address("dst");
      const asset = fields.address("asset");
      const amount = fields.uint256("amount");
      market.requireRunning("transfer", checks);
      market.requirePermission(source, operator, checks);
      if (source === destination) throw new CometRefusal("NoSelfTransfer()");
      if (asset !== configuration.baseToken) {
        return [transferCollateral(market, source, destination, asset, amount, checks)];
      }
      const moved = amount === MAXIMUM ? claimAt(market, source, time) : amount;
      return [transferBase(market, source, destination, moved, time, checks)];
    }
    case "absorb": {
      const absorber = fields.address("absorber");
      const accounts = addresses(fields, "accounts");
      market.requireRunning("absorb", checks);
      if (accounts.length === 0) return [accrueAccount(market, undefined, time)];
      return accounts.map((account) => absorb(market, absorber, account, time, checks));
    }
    case "buyCollateral": {
      const buyer = fields.address("from");
      const sale = {
        buyer,
        recipient: fields.has("recipient") ? fields.address("recipient") : buyer,
        asset: fields.address("asset"),
        baseAmount: fields.uint256("baseAmount"),
        minAmount: fields.uint256("minAmount"),
      };
      return [buyCollateral(market, sale, time, checks)];
    }
    case "withdrawReserves": {
      const to = fields.address("to");
      const amount = fields.uint256("amount");
      if (fields.address("from") !== configuration.governor) fail(checks, "Unauthorized()");
      return [withdrawReserves(market, to, amount, time, checks)];
    }
    case "donate":
      return [donate(market, fields.address("from"), fields.address("asset"), fields.uint256("amount"))];
    case "accrueAccount":
      return [accrueAccount(market, fields.address("account"), time)];
    case "setPrice": {
      const slot = priceSlot(market, fields.address("asset"));
      if (slot === undefined)
        throw new CometCallError("asset", "a token of this market", fields.address("asset"));
      state.prices[slot] = fields.amount("price", true);
      return [];
    }
  }
}

/** Where a token's price is kept: 0 the base, i + 1 collateral i; undefined for a token not of the market. */
export function priceSlot(market: CometMarket, token: string): number | undefined {
  if (token === market.configuration.baseToken) return 0;
  const index = market.assetIndex(token);
  return index === undefined ? undefined : index + 1;
}

function addresses(fields: Fields, key: string): string[] {
  return fields.strings(key).map((text) => {
    if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new CometCallError(key, "20-byte hex addresses", text);
    return text.toLowerCase();
  });
}
