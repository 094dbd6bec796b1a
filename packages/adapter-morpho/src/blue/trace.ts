import type { HistoryHeader, TraceBinding } from "@shortfall/core";
import { MorphoTraceSession, type TraceSubject } from "../trace/session.js";
import { BLUE_EVENTS, IRM_EVENTS, TOKEN_EVENTS } from "./events.js";
import { MorphoBlueModel } from "./model.js";
import { compareSnapshot } from "./snapshot.js";

/** Calls of Morpho Blue that a record holds in full. */
export const BLUE_CALLS: ReadonlySet<string> = new Set([
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
    unexecutable: ({ action }) =>
      BLUE_CALLS.has(action.type) ? undefined : `The action "${action.type}" is none of Morpho Blue's calls.`,
  };
}

export const blueTraces: TraceBinding = {
  open: (header) => new MorphoTraceSession(blueSubject(header)),
};
