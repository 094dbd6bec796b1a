import type { ChainLog, HistoryHeader, ProtocolAdapter, ProtocolModel } from "@shortfall/core";
import { EVENT_DECLARATIONS, EVENTS } from "./events.js";
import { AaveModel } from "./model.js";
import { PROFILES } from "./profiles.js";
import { aaveTraces } from "./trace/session.js";

/** Aave v3 pools from 3.0 to 3.7, with the Umbrella where a header names one. */
export const aaveV3: ProtocolAdapter = {
  protocol: "aave-v3",
  title: "Aave v3 and Umbrella",
  versions: PROFILES.map((profile) => profile.version),
  open: (header: HistoryHeader): ProtocolModel => new AaveModel(header),
  traces: aaveTraces,
  events: EVENT_DECLARATIONS,
  eventName: (log: ChainLog): string | undefined => EVENTS.get(log.topics[0] ?? "")?.name,
};
