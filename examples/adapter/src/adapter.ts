import type { ProtocolAdapter } from "@shortfall/core";
import { EVENTS, PondModel } from "./model.js";
import { PondTrace } from "./trace.js";

/** The pond, as a plain object that any command or audit takes. */
export const pond: ProtocolAdapter = {
  protocol: "pond",
  title: "Pond, the example protocol",
  versions: ["1."],
  open: (header) => new PondModel(header),
  traces: { open: (header) => new PondTrace(header) },
  eventName: (log) => EVENTS.get(log.topics[0] ?? "")?.name,
};
