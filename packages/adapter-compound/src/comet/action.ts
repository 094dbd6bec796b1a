import type { Comparison, Position, RecordedCall } from "@shortfall/core";
import { claimAt, debtAt, MAXIMUM } from "./base.js";
import { callFields } from "./calls.js";
import { CometRefusal } from "./errors.js";
import type { CometMarket } from "./market.js";
import type { Outcome } from "./outcome.js";

/*
 * What a recorded action says against what its logs showed. Only compared: nothing of it reaches the model.
 */

/** Where an action's arguments appear in events: by event, action field → event argument. */
const SHOWN: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  supply: {
    Supply: { from: "from", dst: "dst", amount: "amount" },
    SupplyCollateral: { from: "from", dst: "dst", asset: "asset", amount: "amount" },
  },
  withdraw: {
    Withdraw: { from: "src", to: "to", amount: "amount" },
    WithdrawCollateral: { from: "src", to: "to", asset: "asset", amount: "amount" },
  },
  transfer: { TransferCollateral: { src: "from", dst: "to", asset: "asset", amount: "amount" } },
  buyCollateral: { BuyCollateral: { from: "buyer", asset: "asset", baseAmount: "baseAmount" } },
  withdrawReserves: { WithdrawReserves: { to: "to", amount: "amount" } },
  donate: { Transfer: { from: "from", amount: "value" } },
};

/**
 * What "all of it" comes to for a base action, from the state before it; undefined where the action names an
 * amount or has none.
 */
export function expectedAmount(
  market: CometMarket,
  action: RecordedCall,
  position: Position,
): bigint | undefined {
  if (action.amount !== MAXIMUM.toString()) return undefined;
  const fields = callFields(action);
  if (!fields.has("asset") || fields.address("asset") !== market.configuration.baseToken) return undefined;
  const time = BigInt(position.timestamp);
  try {
    if (action.type === "supply")
      return debtAt(market, fields.address(fields.has("dst") ? "dst" : "from"), time);
    if (action.type === "withdraw" || action.type === "transfer") {
      return claimAt(market, fields.address(fields.has("src") ? "src" : "from"), time);
    }
  } catch (error) {
    if (!(error instanceof CometRefusal)) throw error;
  }
  return undefined;
}

/** Compares an action's arguments with the operations that the logs showed. */
export function compareAction(
  comparison: Comparison,
  action: RecordedCall,
  outcomes: readonly Outcome[],
  expected: bigint | undefined,
): void {
  if (action.type === "absorb") {
    const accounts = outcomes.flatMap(({ absorbed }) => (absorbed ? [absorbed.account] : []));
    if (accounts.length > 0) comparison.deep("action.accounts", action.accounts, accounts);
    return;
  }
  const [transfer] = outcomes;
  if (action.type === "transfer" && transfer?.amountRange) {
    const [low, high] = transfer.amountRange;
    const amount = expected ?? BigInt(String(action.amount));
    // Several amounts may give the very same state; any of them agrees.
    comparison.value("action.amount", amount, amount < low ? low : amount > high ? high : amount);
    return;
  }
  const shown = SHOWN[action.type];
  if (shown === undefined) return;
  const log = outcomes.flatMap(({ logs }) => logs).find(({ name }) => shown[name] !== undefined);
  if (log === undefined) {
    comparison.value("action.type", action.type, "no such operation");
    return;
  }
  for (const [field, argument] of Object.entries(shown[log.name]!)) {
    if (action[field] === undefined) continue;
    const recorded = field === "amount" && expected !== undefined ? expected : action[field];
    comparison.value(`action.${field}`, recorded, log.args[argument]);
  }
}
