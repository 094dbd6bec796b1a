import {
  type ChainLog,
  type ChainTransaction,
  Comparison,
  Fields,
  type HistoryHeader,
  LineError,
  type LineResult,
  type RecordedCall,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import { EVENTS, PondModel } from "./model.js";

/** A golden file of the pond: every recorded value is compared, none is fed in. */
export class PondTrace implements TraceSession {
  readonly model: PondModel;

  constructor(header: HistoryHeader) {
    this.model = new PondModel(header);
  }

  transaction(line: TraceLine): ChainTransaction {
    const fields = fieldsOf(line);
    return {
      position: {
        block: fields.integer("block"),
        timestamp: fields.integer("timestamp"),
        transaction: `${fields.integer("i")}`,
        line: line.number,
      },
      logs: fields.objects("logs").map(
        (log, logIndex): ChainLog => ({
          address: log.address("address"),
          topics: log.strings("topics"),
          data: log.string("data"),
          logIndex,
        }),
      ),
      reverted: fields.raw("reverted") !== null,
      touched: [],
      prices: [],
    };
  }

  observe(line: TraceLine): LineResult {
    const comparison = new Comparison();
    const { findings, operations } = this.model.observe(this.transaction(line));
    for (const { field, reported, recomputed, message } of findings)
      comparison.value(field ?? message, reported ?? "a log", recomputed ?? message);
    const compared = operations.reduce((sum, operation) => sum + operation.comparisons, 0);
    return this.#result(line, comparison, compared);
  }

  execute(line: TraceLine): LineResult {
    const comparison = new Comparison();
    const fields = fieldsOf(line);
    const { position, logs } = this.transaction(line);
    const execution = this.model.execute(fields.raw("action") as RecordedCall, position);
    comparison.value("reverted", fields.raw("reverted"), execution.ok ? null : execution.reason);
    comparison.deep(
      "logs",
      logs.map((log) => EVENTS.get(log.topics[0] ?? "")?.decode(log.topics, log.data)),
      execution.ok ? execution.logs.map((log) => log.args) : [],
    );
    return this.#result(line, comparison, 0);
  }

  #result(line: TraceLine, comparison: Comparison, compared: number): LineResult {
    const { state } = this.model;
    comparison.deep("state", fieldsOf(line).raw("state"), {
      cash: state.cash,
      indexRay: state.indexRay,
      shares: state.shares.sum,
      debts: state.debts.sum,
    });
    return {
      comparisons: comparison.count + compared,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: false,
      findings: [],
    };
  }
}

const fieldsOf = (line: TraceLine): Fields =>
  new Fields(
    line.value,
    "",
    (field, expected, received) => new LineError(line.number, field, expected, received),
  );
