import { Fields, type Position, type RecordedCall } from "@shortfall/core";
import { accrueInterest } from "./accrual.js";
import {
  createMarket,
  donate,
  enableIrm,
  enableLltv,
  setAuthorization,
  setFee,
  setFeeRecipient,
  setOwner,
} from "./administration.js";
import { supplyCollateral, withdrawCollateral } from "./collateral.js";
import { MorphoCallError, MorphoRefusal, refusalReason } from "./errors.js";
import { borrow, repay, requireCreated, supply, withdraw } from "./lending.js";
import { liquidate } from "./liquidation.js";
import { isMarketId, type Market, type MarketParameters } from "./market.js";
import type { BlueState } from "./state.js";
import { openRun, openStep, type Run } from "./step.js";

/** A call with its sender, read field by field. */
export interface Call {
  readonly type: string;
  readonly fields: Fields;
  readonly from: string;
}

/** Runs one type of call. Returns false if it is none of its own. */
export type CallRunner = (run: Run, call: Call) => boolean;

/** What a call did, or why the contract refuses it. */
export type CallResult = Run | { readonly reason: string };

/**
 * Runs a call with every check the contract makes. A refusal leaves the state as it was.
 *
 * @throws {MorphoCallError} the call is malformed or names no operation. @throws {PriceUnknownError}
 */
export function runCall(
  state: BlueState,
  recorded: RecordedCall,
  position: Position,
  runners: readonly CallRunner[],
): CallResult {
  const fields = new Fields(
    recorded,
    "",
    (field, expected, received) => new MorphoCallError(field, expected, received),
  );
  const call = { type: recorded.type, fields, from: fields.address("from") };
  const run = openRun(state, BigInt(position.timestamp), true);
  const mark = state.undo.mark();
  try {
    if (!runners.some((runner) => runner(run, call))) {
      throw new MorphoCallError("type", "an operation of this protocol", recorded.type);
    }
  } catch (error) {
    state.undo.rollback(mark);
    const reason = refusalReason(error);
    if (reason !== undefined) return { reason };
    throw error;
  }
  return run;
}

/** Calls to Morpho Blue, price changes and donations. */
export const runBlueCall: CallRunner = (run, { type, fields, from }) => {
  const market = () => marketNamed(run.state, fields);
  switch (type) {
    case "supply":
    case "repay": {
      const act = type === "supply" ? supply : repay;
      act(run, { market: market(), caller: from, onBehalf: fields.address("onBehalf"), ...amounts(fields) });
      return true;
    }
    case "withdraw":
    case "borrow": {
      const act = type === "withdraw" ? withdraw : borrow;
      const parties = { caller: from, onBehalf: fields.address("onBehalf") };
      act(run, { market: market(), ...parties, receiver: fields.address("receiver"), ...amounts(fields) });
      return true;
    }
    case "supplyCollateral":
      supplyCollateral(run, {
        market: market(),
        caller: from,
        onBehalf: fields.address("onBehalf"),
        assets: fields.uint256("assets"),
      });
      return true;
    case "withdrawCollateral":
      withdrawCollateral(run, {
        market: market(),
        caller: from,
        onBehalf: fields.address("onBehalf"),
        receiver: fields.address("receiver"),
        assets: fields.uint256("assets"),
      });
      return true;
    case "liquidate":
      liquidate(run, {
        market: market(),
        caller: from,
        borrower: fields.address("borrower"),
        seizedAssets: fields.uint256("seizedAssets"),
        repaidShares: fields.uint256("repaidShares"),
      });
      return true;
    case "accrueInterest": {
      const accrued = market();
      requireCreated(accrued);
      accrueInterest(run, accrued);
      return true;
    }
    case "setFee":
      setFee(run, market(), fields.uint256("fee"), from);
      return true;
    default:
      return runGlobalCall(run, { type, fields, from });
  }
};

const runGlobalCall: CallRunner = (run, { type, fields, from }) => {
  switch (type) {
    case "setFeeRecipient":
      // The same name on a vault is another call.
      if (fields.has("vault")) return false;
      setFeeRecipient(run, fields.address("newFeeRecipient"), from);
      return true;
    case "setOwner":
      setOwner(run, fields.address("newOwner"), from);
      return true;
    case "setAuthorization":
      setAuthorization(run, {
        caller: from,
        authorizer: from,
        authorized: fields.address("authorized"),
        newIsAuthorized: fields.boolean("value"),
      });
      return true;
    case "createMarket":
      createMarket(run, parametersOf(fields));
      for (const key of ["initialPrice", "price"]) {
        if (fields.has(key)) run.state.prices.set(parametersOf(fields).oracle, fields.uint256(key));
      }
      return true;
    case "enableIrm":
      enableIrm(run, fields.address("irm"), from);
      return true;
    case "enableLltv":
      enableLltv(run, fields.uint256("lltv"), from);
      return true;
    case "donate":
      donate(run, fields.address("token"), from, fields.uint256("amount"));
      return true;
    case "setPrice":
      openStep(run, "set-price", run.state.deployment.morpho);
      run.state.prices.set(fields.address("oracle"), fields.uint256("price"));
      return true;
    default:
      return false;
  }
};

const amounts = (fields: Fields) => ({ assets: fields.uint256("assets"), shares: fields.uint256("shares") });

/** @throws {MorphoRefusal} no such market was created. */
export function marketNamed(state: BlueState, fields: Fields): Market {
  const id = fields.string("market").toLowerCase();
  if (!isMarketId(id)) throw new MorphoCallError("market", "a 32-byte market id", id);
  const market = state.markets.get(id);
  if (!market) throw new MorphoRefusal("market not created");
  return market;
}

/** Whether a call says all that a market is created from. */
export function hasParameters(fields: Fields): boolean {
  const nested = ["marketParams", "params"].find((name) => fields.has(name));
  const raw = nested === undefined ? undefined : fields.raw(nested);
  if (Array.isArray(raw)) return false;
  const from = nested === undefined ? fields : fields.object(nested);
  return ["loanToken", "collateralToken", "oracle", "irm", "lltv"].every((name) => from.has(name));
}

/** Parameters of a market to be created, beside the call's other fields or under a name of their own. */
export function parametersOf(fields: Fields): MarketParameters {
  const nested = ["marketParams", "params"].find((name) => fields.has(name));
  const from = nested === undefined ? fields : fields.object(nested);
  return {
    loanToken: from.address("loanToken"),
    collateralToken: from.address("collateralToken"),
    oracle: from.address("oracle"),
    irm: from.address("irm"),
    lltv: from.uint256("lltv"),
  };
}
