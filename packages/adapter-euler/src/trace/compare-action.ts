import type { Comparison, Fields } from "@shortfall/core";
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

/**
 * Compares the recorded call with what the logs of its operation show, wherever they decide it. The call takes
 * no part in the re-execution.
 */
export function compareAction(
  comparison: Comparison,
  state: EulerState,
  action: Fields,
  logs: readonly DecodedLog[],
): void {
  if (action.string("type") !== "batch") {
    compareItem(comparison, state, action, logs, 0);
    return;
  }
  let cursor = 0;
  for (const item of action.objects("items")) cursor = compareItem(comparison, state, item, logs, cursor);
}

/** Returns where the next item's logs may begin. */
function compareItem(
  comparison: Comparison,
  state: EulerState,
  item: Fields,
  logs: readonly DecodedLog[],
  cursor: number,
): number {
  const type = item.string("type");
  if (type === "donate") return compareDonation(comparison, state, item, logs, cursor);
  const trail = TRAILS[type];
  if (!trail) return cursor;
  const vault = item.address("vault");
  const found = logs.findIndex(
    (log, index) =>
      index >= cursor &&
      log.from === "vault" &&
      log.address === vault &&
      log.name === trail.event &&
      Object.entries(trail.parties).every(
        ([argument, field]) => addressOf(log, argument) === item.address(field),
      ),
  );
  const log = logs[found];
  for (const [argument, field] of Object.entries(trail.amounts)) {
    const asked = item.uint256(field);
    if (log) compareAmount(comparison, state, item, log, argument, field, asked);
    else if (trail.certain && asked !== 0n && asked !== MAX_UINT) {
      comparison.value(`${item.path}.${field}`, asked, undefined);
    }
  }
  if (log && type === "liquidate") compareMinimum(comparison, item, log);
  return log ? found + 1 : cursor;
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

function compareDonation(
  comparison: Comparison,
  state: EulerState,
  item: Fields,
  logs: readonly DecodedLog[],
  cursor: number,
): number {
  if (!item.has("amount")) return cursor;
  const vault = state.vaultAt(item.address("vault"));
  const found = logs.findIndex(
    (log, index) =>
      index >= cursor &&
      log.from === "token" &&
      log.address === vault?.asset &&
      log.name === "Transfer" &&
      addressOf(log, "to") === vault.address,
  );
  const log = logs[found];
  const amount = item.uint256("amount");
  if (log || amount !== 0n) {
    comparison.value(`${item.path}.amount`, amount, log ? amountOf(log, "value") : undefined);
  }
  return log ? found + 1 : cursor;
}
