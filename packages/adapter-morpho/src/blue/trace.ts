import type { Fields, HistoryHeader, TraceBinding } from "@shortfall/core";
import { MorphoTraceSession, type TraceSubject } from "../trace/session.js";
import { hasParameters } from "./calls.js";
import { BLUE_EVENTS, IRM_EVENTS, TOKEN_EVENTS } from "./events.js";
import { MorphoBlueModel } from "./model.js";
import { compareSnapshot } from "./snapshot.js";

const BLUE_CALLS: ReadonlySet<string> = new Set([
  "supply",
  "withdraw",
  "borrow",
  "repay",
  "supplyCollateral",
  "withdrawCollateral",
  "liquidate",
  "accrueInterest",
  "setFee",
  "setFeeRecipient",
  "setOwner",
  "setAuthorization",
  "createMarket",
  "enableIrm",
  "enableLltv",
  "donate",
  "setPrice",
]);

/** Why a record of a call to Morpho Blue cannot be executed, if it cannot. */
export function unexecutableBlue(type: string, fields: Fields): string | undefined {
  if (!BLUE_CALLS.has(type))
    return `"${type}" is none of the calls that are modelled; its logs were followed.`;
  if (type !== "createMarket" || hasParameters(fields)) return undefined;
  return "The record does not say what the market was created from; its logs were followed.";
}

function blueSubject(header: HistoryHeader): TraceSubject {
  const model = new MorphoBlueModel(header);
  const { state } = model;
  const { morpho, adaptiveCurveIrm } = state.deployment;
  return {
    model,
    tableOf(address) {
      if (address === morpho) return BLUE_EVENTS;
      return address === adaptiveCurveIrm ? IRM_EVENTS : TOKEN_EVENTS;
    },
    compareState: (comparison, recorded, full) => compareSnapshot(state, comparison, recorded, full),
    unexecutable: ({ action, actionFields }) => unexecutableBlue(action.type, actionFields),
  };
}

export const blueTraces: TraceBinding = {
  open: (header) => new MorphoTraceSession(blueSubject(header)),
};
