import type { Comparison, Fields, ObservedOperation } from "@shortfall/core";
import { MAX_UINT } from "../constants.js";
import { addressOf, amountOf, type DecodedLog } from "../observe/decoded-log.js";
import type { EulerState } from "../state.js";

/** The event that shows what a call did, and which of its arguments repeat which of the call's. */
interface Trail {
  readonly event: string;
  /** Event argument by the call's field: who the event must be about. */
  readonly parties: Readonly<Record<string, string>>;
  /** Event argument by the call's field: what must be equal unless the call says "all". */
  readonly amounts: Readonly<Record<string, string>>;
  /** A call with an amount leaves the event. */
  readonly certain: boolean;
}

const DEPOSITED = { sender: "from", owner: "receiver" } as const;
const WITHDRAWN = { sender: "from", receiver: "receiver", owner: "from" } as const;

const TRAILS: Readonly<Record<string, Trail>> = {
  deposit: { event: "Deposit", parties: DEPOSITED, amounts: { assets: "amount" }, certain: true },
  mint: { event: "Deposit", parties: DEPOSITED, amounts: { shares: "amount" }, certain: true },
  skim: { event: "Deposit", parties: DEPOSITED, amounts: { assets: "amount" }, certain: true },
  withdraw: { event: "Withdraw", parties: WITHDRAWN, amounts: { assets: "amount" }, certain: true },
  redeem: { event: "Withdraw", parties: WITHDRAWN, amounts: { shares: "amount" }, certain: true },
  transfer: {
    event: "Transfer",
    parties: { from: "from", to: "receiver" },
    amounts: { value: "amount" },
    certain: true,
  },
  borrow: { event: "Borrow", parties: { account: "from" }, amounts: { assets: "amount" }, certain: true },
  repay: { event: "Repay", parties: { account: "receiver" }, amounts: { assets: "amount" }, certain: true },
  // Repays no more than is owed, whatever was asked for.
  repayWithShares: { event: "Repay", parties: { account: "receiver" }, amounts: {}, certain: false },
  pullDebt: {
    event: "PullDebt",
    parties: { from: "debtor", to: "from" },
    amounts: { assets: "amount" },
    certain: true,
  },
  liquidate: {
    event: "Liquidate",
    parties: { liquidator: "from", violator: "violator", collateral: "collateral" },
    amounts: { repayAssets: "repayAssets" },
    certain: true,
  },
  convertFees: { event: "ConvertFees", parties: { sender: "from" }, amounts: {}, certain: false },
  setInterestFee: { event: "GovSetInterestFee", parties: {}, amounts: { newFee: "fee" }, certain: true },
  setConfigFlags: {
    event: "GovSetConfigFlags",
    parties: {},
    amounts: { newConfigFlags: "flags" },
    certain: true,
  },
  setLTV: {
    event: "GovSetLTV",
    parties: { collateral: "collateral" },
    amounts: { borrowLTV: "borrowLTV", liquidationLTV: "liquidationLTV" },
    certain: true,
  },
};

const DONATION: Trail = { event: "Transfer", parties: {}, amounts: { value: "amount" }, certain: true };

/**
 * Compares the recorded call with what the logs of its operation show, wherever they decide it. The call takes
 * no part in the re-execution. Items of a batch and operations come in the same order; an item that asked for
 * "all" of nothing left no operation.
 */
export function compareAction(
  comparison: Comparison,
  state: EulerState,
  action: Fields,
  logs: readonly DecodedLog[],
  operations: readonly ObservedOperation[],
): void {
  const items = action.string("type") === "batch" ? action.objects("items") : [action];
  const queue = operations.filter((operation) => operation.kind !== "status");
  let next = 0;
  for (const item of items) {
    const operation = queue[next];
    const log =
      operation &&
      keyLog(
        item,
        state,
        operation.logs.map((at) => logs[at]!),
      );
    if (log) next++;
    compareItem(comparison, state, item, log);
  }
}

/** The log of an operation that shows the item, or undefined if the operation is not the item's. */
function keyLog(item: Fields, state: EulerState, logs: readonly DecodedLog[]): DecodedLog | undefined {
  const type = item.string("type");
  if (type === "donate") return donationLog(item, state, logs);
  const trail = TRAILS[type];
  if (!trail) return undefined;
  const vault = item.address("vault");
  return logs.find(
    (log) =>
      log.from === "vault" &&
      log.address === vault &&
      log.name === trail.event &&
      Object.entries(trail.parties).every(
        ([argument, field]) => addressOf(log, argument) === item.address(field),
      ),
  );
}

function donationLog(item: Fields, state: EulerState, logs: readonly DecodedLog[]): DecodedLog | undefined {
  const [log] = logs;
  if (logs.length !== 1 || !log || log.from !== "token" || log.name !== "Transfer") return undefined;
  if (!item.has("vault")) return log;
  const vault = state.vaultAt(item.address("vault"));
  return log.address === vault?.asset && addressOf(log, "to") === vault.address ? log : undefined;
}

function compareItem(
  comparison: Comparison,
  state: EulerState,
  item: Fields,
  log: DecodedLog | undefined,
): void {
  const type = item.string("type");
  const trail = type === "donate" && item.has("amount") ? DONATION : TRAILS[type];
  if (!trail) return;
  for (const [argument, field] of Object.entries(trail.amounts)) {
    if (!item.has(field)) continue;
    const asked = item.uint256(field);
    if (log) compareAmount(comparison, state, item, log, argument, field, asked);
    else if (trail.certain && asked !== 0n && asked !== MAX_UINT) {
      comparison.value(`${item.path}.${field}`, asked, undefined);
    }
  }
  if (log && type === "liquidate") compareMinimum(comparison, item, log);
}

function compareAmount(
  comparison: Comparison,
  state: EulerState,
  item: Fields,
  log: DecodedLog,
  argument: string,
  field: string,
  asked: bigint,
): void {
  if (asked === MAX_UINT || (log.name === "Liquidate" && isIdle(state, log))) return;
  comparison.value(`${item.path}.${field}`, asked, amountOf(log, argument));
}

/** Without a debt nothing is liquidated, whatever was asked for. */
function isIdle(state: EulerState, log: DecodedLog): boolean {
  if (amountOf(log, "repayAssets") > 0n) return false;
  const violator = state.accounts.find(addressOf(log, "violator"));
  return violator === undefined || log.vault?.owed.get(violator) === 0n;
}

function compareMinimum(comparison: Comparison, item: Fields, log: DecodedLog): void {
  const least = item.uint256("minYield");
  const got = amountOf(log, "yieldBalance");
  comparison.value(`${item.path}.minYield`, least, least <= got ? least : got);
}
