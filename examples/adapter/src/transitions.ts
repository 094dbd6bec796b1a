import {
  Fields,
  type Finding,
  LineError,
  type Position,
  type PredictedLog,
  type RecordedCall,
} from "@shortfall/core";
import { MAX_UINT128, mulDivDown, mulDivUp, RAY } from "@shortfall/math";
import { type PondState, sharesIn, sharesOut } from "./state.js";

/** What a call does: its log, what to write, and the figures that the books need. Nothing is written yet. */
export interface Transition {
  readonly log: PredictedLog;
  readonly account?: string;
  readonly cash: bigint;
  readonly loans: bigint;
  /** The loss that suppliers take, for a write-off. */
  readonly loss?: bigint;
  write(): void;
}

const OVERFLOW = "Panic(0x11)";
/** The widest amount that a call of the contract can carry. */
const MAX_UINT96 = (1n << 96n) - 1n;

/** The contract's reason for refusing, as a string; or what the call does. One set for logs and for calls. */
export function transition(state: PondState, call: RecordedCall, position: Position): Transition | string {
  const input = new Fields(
    call,
    "action",
    (field, expected, received) => new LineError(position.line ?? 0, field, expected, received),
  );
  const log = (args: PredictedLog["args"]): PredictedLog => ({ address: state.pool, name: call.type, args });
  const amount = (field: string): bigint => {
    const value = input.uint256(field);
    if (value > MAX_UINT96)
      throw new LineError(position.line ?? 0, `action.${field}`, "below 2^96", String(value));
    return value;
  };
  if (call.type === "Accrue") return accrue(state, amount("interest"), log);
  const account = input.address("account");
  const id = state.accounts.intern(account);
  const none = { account, cash: 0n, loans: 0n };
  switch (call.type) {
    case "Supply": {
      const assets = amount("assets");
      if (state.indexRay === 0n) return "Error(dead)";
      const shares = sharesIn(assets, state.indexRay);
      // Checked arithmetic of the contract: a share balance is a uint128.
      if (state.shares.get(id) + shares > MAX_UINT128) return OVERFLOW;
      return {
        ...none,
        cash: assets,
        log: log({ account, assets, shares }),
        write: () => {
          state.cash += assets;
          state.shares.add(id, shares);
        },
      };
    }
    case "Withdraw": {
      const assets = amount("assets");
      if (state.indexRay === 0n) return "Error(dead)";
      const shares = sharesOut(assets, state.indexRay);
      if (shares > state.shares.get(id)) return "Error(shares)";
      if (assets > state.cash) return "Error(cash)";
      return {
        ...none,
        cash: -assets,
        log: log({ account, assets, shares }),
        write: () => {
          state.cash -= assets;
          state.shares.subtract(id, shares);
        },
      };
    }
    case "Borrow": {
      const assets = amount("assets");
      if (assets > state.cash) return "Error(cash)";
      return {
        ...none,
        cash: -assets,
        loans: assets,
        log: log({ account, assets }),
        write: () => lend(state, id, assets),
      };
    }
    case "Repay": {
      const assets = amount("assets");
      if (assets > state.debts.get(id)) return "Error(debt)";
      return {
        ...none,
        cash: assets,
        loans: -assets,
        log: log({ account, assets }),
        write: () => lend(state, id, -assets),
      };
    }
    case "BadDebt":
      return badDebt(state, account, id, log);
    default:
      throw new LineError(
        position.line ?? 0,
        "action.type",
        "Supply, Withdraw, Borrow, Repay, Accrue or BadDebt",
        call.type,
      );
  }
}

function lend(state: PondState, id: number, assets: bigint): void {
  state.cash -= assets;
  state.debts.add(id, assets);
}

/** Interest is paid in cash by whoever calls; it raises the index, rounded down. */
function accrue(
  state: PondState,
  interest: bigint,
  log: (args: PredictedLog["args"]) => PredictedLog,
): Transition | string {
  if (state.shares.sum === 0n) return "Error(empty)";
  const indexRay = state.indexRay + mulDivDown(interest, RAY, state.shares.sum);
  if (indexRay > MAX_UINT128) return OVERFLOW;
  return {
    cash: interest,
    loans: 0n,
    log: log({ interest, indexRay }),
    write: () => {
      state.cash += interest;
      state.indexRay = indexRay;
    },
  };
}

/** A debt nobody will pay is cancelled and the index falls, rounded up: suppliers never keep more than there is. */
function badDebt(
  state: PondState,
  account: string,
  id: number,
  log: (args: PredictedLog["args"]) => PredictedLog,
): Transition | string {
  const debt = state.debts.get(id);
  if (debt === 0n) return "Error(debt)";
  const supplied = state.supplied;
  const fall = debt >= supplied ? state.indexRay : mulDivUp(state.indexRay, debt, supplied);
  const indexRay = state.indexRay - fall;
  return {
    account,
    cash: 0n,
    loans: -debt,
    loss: debt,
    log: log({ account, debt, indexRay }),
    write: () => {
      state.debts.set(id, 0n);
      state.indexRay = indexRay;
    },
  };
}

/** A finding about a log of this pond. */
export const differs = (
  state: PondState,
  position: Position,
  kind: Finding["class"],
  message: string,
): Finding => ({
  class: kind,
  severity: "differs",
  message,
  position,
  pool: state.pool,
});
