import type { Comparison, Fields, PredictedLog, RecordedCall } from "@shortfall/core";

/*
 * What a recorded action says against what its logs showed. Only compared: nothing of it reaches the model.
 */

/** Where an action's arguments appear: its event, and action field → event argument. */
const SHOWN: Readonly<
  Record<string, { readonly event: string; readonly fields: Readonly<Record<string, string>> }>
> = {
  supplyCollateral: {
    event: "SupplyCollateral",
    fields: { market: "id", from: "caller", onBehalf: "onBehalf", assets: "assets" },
  },
  withdrawCollateral: {
    event: "WithdrawCollateral",
    fields: { market: "id", from: "caller", onBehalf: "onBehalf", receiver: "receiver", assets: "assets" },
  },
  setFee: { event: "SetFee", fields: { market: "id", fee: "newFee" } },
  setFeeRecipient: { event: "SetFeeRecipient", fields: { newFeeRecipient: "newFeeRecipient" } },
  setAuthorization: {
    event: "SetAuthorization",
    fields: { from: "caller", authorized: "authorized", value: "newIsAuthorized" },
  },
  donate: { event: "Transfer", fields: { from: "from", amount: "value" } },
  vaultSetFee: { event: "SetFee", fields: { from: "caller", fee: "newFee" } },
  vaultTransfer: { event: "Transfer", fields: { from: "from", receiver: "to", amount: "value" } },
};

/** Actions that give one of two amounts, with the event that shows both. */
const EITHER: Readonly<
  Record<
    string,
    {
      readonly event: string;
      readonly parties: Readonly<Record<string, string>>;
      readonly amounts: readonly [string, string];
    }
  >
> = {
  supply: {
    event: "Supply",
    parties: { market: "id", from: "caller", onBehalf: "onBehalf" },
    amounts: ["assets", "shares"],
  },
  repay: {
    event: "Repay",
    parties: { market: "id", from: "caller", onBehalf: "onBehalf" },
    amounts: ["assets", "shares"],
  },
  withdraw: {
    event: "Withdraw",
    parties: { market: "id", from: "caller", onBehalf: "onBehalf", receiver: "receiver" },
    amounts: ["assets", "shares"],
  },
  borrow: {
    event: "Borrow",
    parties: { market: "id", from: "caller", onBehalf: "onBehalf", receiver: "receiver" },
    amounts: ["assets", "shares"],
  },
  liquidate: {
    event: "Liquidate",
    parties: { market: "id", from: "caller", borrower: "borrower" },
    amounts: ["seizedAssets", "repaidShares"],
  },
};

/** Vault calls that name one amount, and which side of the event it is. */
const VAULT_AMOUNT: Readonly<
  Record<
    string,
    { readonly event: string; readonly amount: string; readonly parties: Readonly<Record<string, string>> }
  >
> = {
  vaultDeposit: { event: "Deposit", amount: "assets", parties: { from: "sender", receiver: "owner" } },
  vaultMint: { event: "Deposit", amount: "shares", parties: { from: "sender", receiver: "owner" } },
  vaultWithdraw: { event: "Withdraw", amount: "assets", parties: { from: "sender", receiver: "receiver" } },
  vaultRedeem: { event: "Withdraw", amount: "shares", parties: { from: "sender", receiver: "receiver" } },
  redeemFor: { event: "Withdraw", amount: "shares", parties: { from: "sender", owner: "owner" } },
};

/** Compares an action's arguments with the logs that its operation was shown by. */
export function compareAction(
  comparison: Comparison,
  action: RecordedCall,
  fields: Fields,
  logs: readonly PredictedLog[],
): void {
  const { type } = action;
  // The same name is an event of Morpho, of a vault and of a token.
  const vault = fields.has("vault") ? fields.address("vault") : undefined;
  const find = (event: string) =>
    logs.find(({ name, address }) => name === event && (vault === undefined || address === vault));
  const plain = SHOWN[type];
  const either = EITHER[type];
  const amount = VAULT_AMOUNT[type];
  const event = plain?.event ?? either?.event ?? amount?.event;
  if (type === "vaultReallocate") compareReallocation(comparison, fields, logs);
  if (event === undefined) return;
  const log = type === "donate" ? logs.find(({ name }) => name === event) : find(event);
  if (!log) {
    // A call without effect, such as setting what is set, would have reverted.
    comparison.value("action.type", type, "no such operation");
    return;
  }
  const shown = plain?.fields ?? either?.parties ?? amount?.parties ?? {};
  for (const [field, argument] of Object.entries(shown)) {
    if (action[field] !== undefined) comparison.value(`action.${field}`, action[field], log.args[argument]);
  }
  if (either) {
    const [first, second] = either.amounts;
    const bySecond = fields.has(second) && fields.uint256(first) === 0n;
    comparison.value(`action.${first}`, action[first], bySecond ? 0n : log.args[first]);
    comparison.value(`action.${second}`, action[second], bySecond ? log.args[second] : 0n);
  }
  if (amount) comparison.value("action.amount", action.amount, log.args[amount.amount]);
  if (type === "donate") comparison.value("action.token", action.token, log.address);
}

/** A reallocation names balances to reach; what was moved shows the rest, so only its markets are compared. */
function compareReallocation(comparison: Comparison, fields: Fields, logs: readonly PredictedLog[]): void {
  const named = new Set(fields.objects("allocations").map((entry) => entry.string("market")));
  for (const { name, args } of logs) {
    if (name !== "ReallocateWithdraw" && name !== "ReallocateSupply") continue;
    comparison.value("action.allocations.market", named.has(String(args.id)), true);
  }
}
