import type { WriteOff } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { reportedByLogs } from "./diagnosis.js";

const writeOff: WriteOff = {
  id: "1",
  position: { block: 1, timestamp: 1, logIndex: 3 },
  pool: "p",
  asset: "A",
  account: "0x1",
  reported: 500n,
  recomputed: 500n,
  source: "DeficitCreated.amountCreated",
  layers: [],
  uncovered: 500n,
};

describe("reportedByLogs", () => {
  it("takes the recorded amount of the write-off's own log", () => {
    expect(
      reportedByLogs(writeOff, [
        { field: "logs[3].args.amountCreated", recorded: "500", computed: "77" },
        { field: "logs[3].predicted.amountCreated", recorded: "77", computed: "500" },
      ]),
    ).toEqual({ reported: 77n });
  });

  it("takes nothing from other logs or other arguments", () => {
    expect(
      reportedByLogs(writeOff, [
        { field: "logs[30].predicted.amountCreated", recorded: "77", computed: "500" },
        { field: "logs[3].predicted.user", recorded: "0x2", computed: "0x1" },
        { field: "state.x", recorded: "1", computed: "500" },
      ]),
    ).toBeUndefined();
  });

  it("says that nothing was reported where the log is another one or cannot be read", () => {
    expect(
      reportedByLogs(writeOff, [{ field: "logs[3].event", recorded: "Burn", computed: "DeficitCreated" }]),
    ).toEqual({ reported: 0n, class: "missing-event" });
    expect(
      reportedByLogs(writeOff, [{ field: "logs[3].data", recorded: "0x12", computed: "32 bytes" }]),
    ).toEqual({ reported: 0n, class: "unreadable" });
  });
});
