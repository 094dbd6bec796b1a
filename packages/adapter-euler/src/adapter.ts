import type { ProtocolAdapter } from "@shortfall/core";
import { EVENT_DECLARATIONS, eulerEventName } from "./events.js";
import { EulerModel, PROTOCOL } from "./model.js";
import { readParameters, VERSIONS } from "./parameters.js";
import { EulerSession } from "./trace/session.js";

/** Euler v2: vaults of the Euler Vault Kit and the connector between them. */
export const eulerV2: ProtocolAdapter = {
  protocol: PROTOCOL,
  title: "Euler v2 (Euler Vault Kit)",
  versions: VERSIONS,
  open: (header) => new EulerModel(readParameters(header)),
  traces: { open: (header) => new EulerSession(readParameters(header)) },
  events: EVENT_DECLARATIONS,
  eventName: eulerEventName,
};
