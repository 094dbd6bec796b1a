import { type FieldFailure, Fields, LineError, type Position, type RecordedCall } from "@shortfall/core";
import { MAX_UINT } from "./constants.js";
import { borrow, pullDebt, repay, repayWithShares } from "./operations/borrow.js";
import { deposit, mint, skim } from "./operations/deposit.js";
import { convertFees } from "./operations/fees.js";
import { requireGovernor, setConfigFlags, setInterestFee, setLtv } from "./operations/governance.js";
import { liquidate } from "./operations/liquidate.js";
import { checkVaultStatus, touch } from "./operations/status.js";
import { donate, transfer } from "./operations/transfer.js";
import { redeem, withdraw } from "./operations/withdraw.js";
import { refuse } from "./refusal.js";
import type { EulerState } from "./state.js";
import type { Step } from "./step.js";
import { isHealthy } from "./valuation.js";
import type { Vault } from "./vault.js";

/** Why a call cannot be executed from what was recorded of it, or undefined if it can. */
export function unexecutable(call: RecordedCall): string | undefined {
  if (call.type === "batch") {
    const items = Array.isArray(call.items) ? call.items : [];
    for (const item of items) {
      const reason =
        typeof item === "object" && item !== null ? unexecutable(item as RecordedCall) : undefined;
      if (reason !== undefined) return reason;
    }
    return undefined;
  }
  if (call.type === "donate" && call.amount === undefined) return "a donation carries no amount";
  if (call.type === "deposit" && call.amount === MAX_UINT.toString()) {
    return "a deposit of all the caller has needs the token's own books";
  }
  if (call.type === "setLTV" && (call.borrowLTV === undefined || call.liquidationLTV === undefined)) {
    return "a setLTV carries no ratios";
  }
  return undefined;
}

/**
 * Runs a call through the transitions, then the status checks it left: health of accounts, then the vaults.
 *
 * @throws {Refusal} the contracts would revert. @throws {LineError} the call is malformed.
 */
export function runCall(step: Step, call: RecordedCall, position: Position): void {
  const line = position.line ?? 0;
  const failure: FieldFailure = (field, expected, received) => new LineError(line, field, expected, received);
  const fields = new Fields(call, "action", failure);
  if (call.type === "setPrice") {
    step.state.prices.set(fields.address("asset"), fields.uint256("price"));
    return;
  }
  if (call.type === "batch") {
    const items = fields.objects("items");
    for (const item of items) runItem(step, item, step.state.connector.address, failure);
  } else runItem(step, fields, undefined, failure);
  runChecks(step);
}

/** One vault call. `payer` sends donations made from within a batch. */
function runItem(step: Step, fields: Fields, payer: string | undefined, failure: FieldFailure): void {
  const { state } = step;
  const type = fields.string("type");
  const vault = vaultOf(state, fields, failure);
  const from = fields.address("from");
  const amount = () => fields.uint256("amount");
  const receiver = () => fields.address("receiver");
  switch (type) {
    case "deposit":
      deposit(step, vault, { from, receiver: receiver(), amount: amount() });
      break;
    case "mint":
      mint(step, vault, { from, receiver: receiver(), amount: amount() });
      break;
    case "skim":
      skim(step, vault, { from, receiver: receiver(), amount: amount() });
      break;
    case "withdraw":
      withdraw(step, vault, {
        from,
        owner: ownerOf(fields, from),
        receiver: receiver(),
        amount: amount(),
      });
      break;
    case "redeem":
      redeem(step, vault, {
        from,
        owner: ownerOf(fields, from),
        receiver: receiver(),
        amount: amount(),
      });
      break;
    case "transfer":
      transfer(step, vault, { from, receiver: receiver(), amount: amount() });
      break;
    case "borrow":
      underControl(step, vault, from, () =>
        borrow(step, vault, { from, receiver: receiver(), amount: amount() }),
      );
      break;
    case "repay":
      repay(step, vault, { from, receiver: receiver(), amount: amount() });
      break;
    case "repayWithShares":
      repayWithShares(step, vault, { from, receiver: receiver(), amount: amount() });
      break;
    case "pullDebt":
      underControl(step, vault, from, () =>
        pullDebt(step, vault, { from, debtor: fields.address("debtor"), amount: amount() }),
      );
      break;
    case "liquidate":
      underControl(step, vault, from, () =>
        liquidate(step, vault, {
          from,
          violator: fields.address("violator"),
          collateral: fields.address("collateral"),
          repayAssets: fields.uint256("repayAssets"),
          minYield: fields.uint256("minYield"),
        }),
      );
      break;
    case "touch":
      touch(step, vault);
      break;
    case "convertFees":
      convertFees(step, vault, from);
      break;
    case "donate":
      donate(step, vault, { from: payer ?? from, amount: amount() });
      break;
    case "setInterestFee":
      requireGovernor(step, from);
      setInterestFee(step, vault, fields.uint256("fee"));
      break;
    case "setConfigFlags":
      requireGovernor(step, from);
      setConfigFlags(step, vault, fields.uint256("flags"));
      break;
    case "setLTV":
      requireGovernor(step, from);
      setLtv(step, vault, {
        collateral: fields.address("collateral"),
        borrowLtv: fields.uint256("borrowLTV"),
        liquidationLtv: fields.uint256("liquidationLTV"),
        rampDuration: fields.has("rampDuration") ? fields.uint256("rampDuration") : 0n,
      });
      break;
    default:
      throw failure(`${fields.path}.type`, "a call of the vault kit", type);
  }
}

/** Operations that create debt need the vault to be the caller's controller. */
function underControl(step: Step, vault: Vault, from: string, run: () => void): void {
  if (!step.state.connector.controllers(from).includes(vault.address)) refuse("E_ControllerDisabled");
  run();
}

function vaultOf(state: EulerState, fields: Fields, failure: FieldFailure): Vault {
  const address = fields.address("vault");
  const vault = state.vaultAt(address);
  if (!vault) throw failure(`${fields.path}.vault`, "a vault of the header", address);
  return vault;
}

const ownerOf = (fields: Fields, from: string): string =>
  fields.has("owner") ? fields.address("owner") : from;

/** What the connector does when it leaves the outermost call: accounts first, then vaults, each once, in order. */
function runChecks(step: Step): void {
  const { state, now } = step;
  for (const account of step.accountChecks) {
    const [controller] = state.connector.controllers(account);
    const vault = controller === undefined ? undefined : state.vaultAt(controller);
    if (vault && !isHealthy(state, vault, account, now)) refuse("E_AccountLiquidity");
  }
  for (const vault of [...step.vaultChecks]) {
    checkVaultStatus(step, vault);
    step.settleVaultCheck(vault);
  }
  for (const account of step.accountChecks) {
    if (state.connector.controllers(account).length === 1) state.lastChecked.set(account, now);
  }
}
