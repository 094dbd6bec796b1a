import {
  type ChainTransaction,
  Comparison,
  Fields as FieldReader,
  type Fields,
  type HistoryHeader,
  LineError,
  type LineResult,
  type TraceBinding,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import { AaveModel } from "../model.js";
import { compareAction } from "./recorded-action.js";
import { chainLogs, compareLogArguments, compareLogs } from "./recorded-logs.js";
import { compareState } from "./recorded-state.js";
import { describeRevert } from "./revert-data.js";

/** A parsed line. */
interface Line {
  readonly number: number;
  readonly fields: Fields;
  readonly step: number;
  readonly block: number;
  readonly timestamp: number;
  readonly reverted: string | null;
  readonly logs: readonly Fields[];
  readonly full: boolean;
}

class AaveTraceSession implements TraceSession {
  readonly model: AaveModel;
  /** Number, block and time of the line before, and how far blocks are from numbers in this file. */
  #previous: { step: number; timestamp: number } = { step: 0, timestamp: 0 };
  #blockOffset: number | undefined;

  constructor(header: HistoryHeader) {
    this.model = new AaveModel(header);
    this.#previous = { step: 0, timestamp: this.model.opened.startSeconds };
  }

  transaction(line: TraceLine): ChainTransaction {
    return toTransaction(readLine(line), this.model);
  }

  observe(line: TraceLine, _options: { readonly calls: boolean }): LineResult {
    const read = readLine(line);
    const comparison = new Comparison();
    this.#comparePlace(read, comparison);
    const transaction = toTransaction(read, this.model);
    compareLogArguments(read.logs, transaction.logs, read.timestamp, comparison);
    const observation = this.model.observe(transaction);
    for (const finding of observation.findings) {
      if (finding.severity !== "note") {
        comparison.value(
          finding.field ?? "logs",
          finding.reported ?? "an operation",
          finding.recomputed ?? finding.message,
        );
      }
    }
    let comparisons = 0;
    for (const operation of observation.operations) comparisons += operation.comparisons;
    if (read.reverted === null) {
      const action = read.fields.object("action");
      compareAction(this.model.opened, action, transaction.logs, read.timestamp, comparison);
    }
    this.#compareState(read, comparison);
    return {
      comparisons: comparison.count + comparisons,
      mismatches: comparison.mismatches,
      callsUsed: observation.callsUsed,
      resynced: false,
      findings: observation.findings,
    };
  }

  execute(line: TraceLine): LineResult {
    const read = readLine(line);
    const comparison = new Comparison();
    this.#comparePlace(read, comparison);
    const action = read.fields.object("action");
    const type = action.string("type");
    if (type === "bundle") {
      return {
        comparisons: 0,
        mismatches: [],
        callsUsed: 0,
        resynced: false,
        findings: [],
        skipped: "a bundle carries no arguments, so there is no call to execute",
      };
    }
    const transaction = toTransaction(read, this.model);
    compareLogArguments(read.logs, transaction.logs, read.timestamp, comparison);
    const call = Object.fromEntries(action.keys().map((key) => [key, action.raw(key)]));
    const execution = this.model.execute({ ...call, type }, transaction.position);
    comparison.value("reverted", read.reverted, execution.ok ? null : execution.reason);
    const known = transaction.logs.filter((log) => this.model.knows(log.address));
    compareLogs(known, execution.ok ? execution.logs : [], comparison);
    this.#compareState(read, comparison);
    return {
      comparisons: comparison.count,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: false,
      findings: [],
    };
  }

  #comparePlace(line: Line, comparison: Comparison): void {
    comparison.value("i", line.step, this.#previous.step + 1);
    this.#blockOffset ??= line.block - line.step;
    comparison.value("block", line.block, line.step + this.#blockOffset);
    const earliest = Math.max(line.timestamp, this.#previous.timestamp);
    comparison.value("timestamp", line.timestamp, earliest);
    this.#previous = { step: line.step, timestamp: line.timestamp };
    if (line.fields.has("revertData")) {
      const described = describeRevert(this.model.opened.market, line.fields.string("revertData"));
      if (described !== undefined) comparison.value("revertData", line.reverted, described);
    }
    if (line.reverted !== null) comparison.value("logs.length", line.logs.length, 0);
  }

  #compareState(line: Line, comparison: Comparison): void {
    const state = line.fields.object("state");
    compareState(this.model.opened, state, line.timestamp, line.full, comparison);
  }
}

function readLine(line: TraceLine): Line {
  const fields = new FieldReader(
    line.value,
    "",
    (field, expected, received) => new LineError(line.number, field, expected, received),
  );
  return {
    number: line.number,
    fields,
    step: fields.integer("i"),
    block: fields.integer("block"),
    timestamp: fields.integer("timestamp"),
    reverted: fields.has("reverted") ? fields.string("reverted") : null,
    logs: fields.objects("logs"),
    full: fields.has("full") && fields.boolean("full"),
  };
}

function toTransaction(line: Line, model: AaveModel): ChainTransaction {
  const reverted = line.reverted !== null;
  return {
    position: {
      block: line.block,
      timestamp: line.timestamp,
      transaction: String(line.step),
      line: line.number,
    },
    logs: chainLogs(line.logs),
    reverted,
    touched: !reverted && line.logs.length === 0 ? [model.opened.market.addresses.pool] : [],
    prices: [],
  };
}

/** Golden files of Aave v3 pools. */
export const aaveTraces: TraceBinding = {
  open: (header: HistoryHeader): TraceSession => new AaveTraceSession(header),
};
