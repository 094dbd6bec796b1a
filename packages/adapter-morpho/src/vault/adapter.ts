import type { ChainLog, HistoryHeader, ProtocolAdapter } from "@shortfall/core";
import { BLUE_EVENTS, declarationsOf, IRM_EVENTS, TOKEN_EVENTS } from "../blue/events.js";
import { VAULT_EVENTS } from "./events.js";
import { VAULT_PROTOCOL, VAULT_VERSIONS } from "./header.js";
import { MetaMorphoModel } from "./model.js";
import { vaultTraces } from "./trace.js";

/** MetaMorpho 1.0 and 1.1: vaults over Morpho Blue's markets, whose losses reach depositors through them. */
export const metaMorpho: ProtocolAdapter = {
  protocol: VAULT_PROTOCOL,
  title: "MetaMorpho 1.0 and 1.1",
  versions: VAULT_VERSIONS,
  open: (header: HistoryHeader) => new MetaMorphoModel(header),
  traces: vaultTraces,
  events: declarationsOf([VAULT_EVENTS, BLUE_EVENTS, IRM_EVENTS, TOKEN_EVENTS]),
  eventName(log: ChainLog) {
    const topic = log.topics[0] ?? "";
    return (VAULT_EVENTS.get(topic) ?? BLUE_EVENTS.get(topic) ?? IRM_EVENTS.get(topic))?.name;
  },
};
