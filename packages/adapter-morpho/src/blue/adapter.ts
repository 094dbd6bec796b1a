import type { ChainLog, HistoryHeader, ProtocolAdapter } from "@shortfall/core";
import { BLUE_EVENTS, declarationsOf, IRM_EVENTS, TOKEN_EVENTS } from "./events.js";
import { BLUE_VERSIONS } from "./header.js";
import { BLUE_PROTOCOL, MorphoBlueModel } from "./model.js";
import { blueTraces } from "./trace.js";

/** Morpho Blue: isolated markets that write bad debt off against their lenders at once. */
export const morphoBlue: ProtocolAdapter = {
  protocol: BLUE_PROTOCOL,
  title: "Morpho Blue",
  versions: BLUE_VERSIONS,
  open: (header: HistoryHeader) => new MorphoBlueModel(header),
  traces: blueTraces,
  events: declarationsOf([BLUE_EVENTS, IRM_EVENTS, TOKEN_EVENTS]),
  eventName(log: ChainLog) {
    const topic = log.topics[0] ?? "";
    return (BLUE_EVENTS.get(topic) ?? IRM_EVENTS.get(topic))?.name;
  },
};
