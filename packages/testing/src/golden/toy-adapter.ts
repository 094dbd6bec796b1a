import {
  type ChainLog,
  type ChainTransaction,
  Comparison,
  Fields,
  type HistoryHeader,
  LineError,
  type LineResult,
  type Position,
  type ProtocolAdapter,
  type RecordedCall,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import { ToyModel, toyEventName } from "./toy-market.js";

/** A golden trace of the toy market being checked. */
class ToySession implements TraceSession {
  readonly model: ToyModel;

  constructor(header: HistoryHeader) {
    this.model = new ToyModel(header);
  }

  transaction(line: TraceLine): ChainTransaction {
    const fields = this.#fields(line);
    const call = fields.raw("action");
    return {
      position: this.#position(line),
      logs: fields.objects("logs").map(
        (log, index): ChainLog => ({
          address: log.address("address"),
          topics: log.strings("topics"),
          data: log.string("data"),
          logIndex: index,
        }),
      ),
      reverted: fields.has("reverted"),
      touched: [],
      prices: [],
      ...(call === undefined ? {} : { readCall: () => call as RecordedCall }),
    };
  }

  observe(line: TraceLine, options: { readonly calls: boolean }): LineResult {
    const { readCall, ...withoutCall } = this.transaction(line);
    const observation = this.model.observe(
      options.calls && readCall ? { ...withoutCall, readCall } : withoutCall,
    );
    const resynced = observation.findings.some((finding) => finding.class === "resynchronised");
    if (resynced) this.model.resynchronise(this.#fields(line).object("state"), this.#position(line));
    const comparison = this.#compare(line);
    return {
      comparisons:
        comparison.count + observation.operations.reduce((sum, operation) => sum + operation.comparisons, 0),
      mismatches: comparison.mismatches,
      callsUsed: observation.callsUsed,
      resynced,
      findings: observation.findings,
    };
  }

  execute(line: TraceLine): LineResult {
    const call = this.#fields(line).raw("action") as RecordedCall;
    if (call.type === "bundle") {
      return {
        comparisons: 0,
        mismatches: [],
        callsUsed: 0,
        resynced: false,
        findings: [],
        skipped: "a bundle carries no arguments",
      };
    }
    const execution = this.model.execute(call, this.#position(line));
    const comparison = this.#compare(line);
    const recorded = this.#fields(line).raw("reverted");
    comparison.value("reverted", recorded, execution.ok ? null : execution.reason);
    return {
      comparisons: comparison.count,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: false,
      findings: [],
    };
  }

  #compare(line: TraceLine): Comparison {
    const recorded = this.#fields(line).object("state");
    const comparison = new Comparison();
    for (const key of ["cash", "loans", "totalAssets", "totalShares"] as const) {
      comparison.value(`state.${key}`, recorded.uint256(key), this.model.state[key]);
    }
    return comparison;
  }

  #position(line: TraceLine): Position {
    const fields = this.#fields(line);
    return {
      block: fields.integer("block"),
      timestamp: fields.integer("timestamp"),
      transaction: `${fields.integer("i")}`,
      line: line.number,
    };
  }

  #fields(line: TraceLine): Fields {
    return new Fields(
      line.value,
      "",
      (field, expected, received) => new LineError(line.number, field, expected, received),
    );
  }
}

/** Adapter of the toy market. */
export const toyAdapter: ProtocolAdapter = {
  protocol: "toy",
  title: "Toy market for tests",
  versions: ["1"],
  open: (header) => new ToyModel(header),
  traces: { open: (header) => new ToySession(header) },
  eventName: toyEventName,
};
