import type { HistoryHeader, TraceBinding } from "@shortfall/core";
import { BLUE_EVENTS, IRM_EVENTS, TOKEN_EVENTS } from "../blue/events.js";
import { compareSnapshot } from "../blue/snapshot.js";
import { unexecutableBlue } from "../blue/trace.js";
import { MorphoTraceSession, type TraceSubject } from "../trace/session.js";
import { VAULT_CALLS } from "./calls.js";
import { VAULT_EVENTS } from "./events.js";
import { MetaMorphoModel } from "./model.js";
import { compareVaults } from "./snapshot.js";

function vaultSubject(header: HistoryHeader): TraceSubject {
  const model = new MetaMorphoModel(header);
  const { state, vaults } = model;
  const { morpho, adaptiveCurveIrm } = state.deployment;
  return {
    model,
    tableOf(address) {
      if (vaults.has(address)) return VAULT_EVENTS;
      if (address === morpho) return BLUE_EVENTS;
      return address === adaptiveCurveIrm ? IRM_EVENTS : TOKEN_EVENTS;
    },
    compareState(comparison, recorded, full) {
      compareVaults(state, vaults, comparison, recorded, full);
      compareSnapshot(state, comparison, recorded, full);
    },
    unexecutable({ action, actionFields }) {
      const needed = actionFields.has("vault") ? VAULT_CALLS[action.type] : undefined;
      if (!needed) {
        if (!actionFields.has("vault")) return unexecutableBlue(action.type, actionFields);
        return `The record of "${action.type}" does not hold its arguments; its logs were followed.`;
      }
      const missing = needed.filter((key) => !actionFields.has(key));
      if (missing.length === 0) return undefined;
      return `The record of "${action.type}" lacks ${missing.join(" and ")}; its logs were followed.`;
    },
  };
}

export const vaultTraces: TraceBinding = {
  open: (header) => new MorphoTraceSession(vaultSubject(header)),
};
