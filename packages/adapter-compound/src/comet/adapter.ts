import type { ChainLog, HistoryHeader, ProtocolAdapter } from "@shortfall/core";
import { PROTOCOL, VERSIONS } from "./configuration.js";
import { COMET_EVENTS, TOKEN_EVENTS } from "./events.js";
import { CometModel } from "./model.js";
import { cometTraces } from "./trace.js";

/** Compound v3, one base asset per market. */
export const comet: ProtocolAdapter = {
  protocol: PROTOCOL,
  title: "Compound v3 (Comet)",
  versions: VERSIONS,
  open: (header: HistoryHeader) => new CometModel(header),
  traces: cometTraces,
  events: [COMET_EVENTS, TOKEN_EVENTS].flatMap((table) =>
    [...table.values()].map((codec) => codec.declaration),
  ),
  eventName: (log: ChainLog) => COMET_EVENTS.get(log.topics[0] ?? "")?.name,
};
