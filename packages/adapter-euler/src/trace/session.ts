import {
  type ChainTransaction,
  Comparison,
  type Execution,
  type Finding,
  type LineResult,
  type Position,
  type PriceUpdate,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import { unexecutable } from "../execute.js";
import { EulerModel } from "../model.js";
import { type DecodedLog, decodeLog } from "../observe/decoded-log.js";
import type { Parameters } from "../parameters.js";
import { compareAction } from "./compare-action.js";
import { compareDecoding, comparePrediction } from "./compare-logs.js";
import { compareState } from "./compare-state.js";
import { type RecordedLine, readLine } from "./record.js";

/** A golden file of this protocol being checked in one mode. */
export class EulerSession implements TraceSession {
  readonly model: EulerModel;
  #index = -1;
  #block = -1;
  #timestamp: number;

  constructor(parameters: Parameters) {
    this.model = new EulerModel(parameters);
    this.#timestamp = Number(parameters.startTimestamp);
  }

  transaction(line: TraceLine): ChainTransaction {
    return transactionOf(readLine(line));
  }

  observe(line: TraceLine, _options: { readonly calls: boolean }): LineResult {
    const recorded = readLine(line);
    const comparison = this.#begin(recorded);
    const { state } = this.model;
    compareDecoding(comparison, state, recorded.logs);
    const observation = this.model.observe(transactionOf(recorded));
    if (recorded.reverted !== undefined) comparison.value("logs.length", recorded.logs.length, 0);
    else if (isExplained(observation.findings)) {
      compareAction(comparison, state, recorded.action, this.#decoded(recorded), observation.operations);
    }
    compareState(comparison, state, recorded.state);
    return resultOf(comparison, observation.findings);
  }

  execute(line: TraceLine): LineResult {
    const recorded = readLine(line);
    const comparison = this.#begin(recorded);
    const reason = unexecutable(recorded.call);
    if (reason !== undefined) {
      // The line is not judged, but what comes after it builds on it.
      const { findings } = this.model.observe(transactionOf(recorded));
      return { ...resultOf(comparison, findings), skipped: reason };
    }
    const execution = this.model.execute(recorded.call, positionOf(recorded));
    comparison.value("reverted", plainReason(recorded.reverted), plainReason(refusalOf(execution)));
    comparePrediction(comparison, this.model.state, recorded.logs, execution.ok ? execution.logs : []);
    compareState(comparison, this.model.state, recorded.state);
    return resultOf(comparison, []);
  }

  /** Lines count up, blocks hold one transaction each, time does not run backwards. */
  #begin(recorded: RecordedLine): Comparison {
    const comparison = new Comparison();
    comparison.value("i", recorded.index, Math.max(recorded.index, this.#index + 1));
    comparison.value("block", recorded.block, Math.max(recorded.block, this.#block + 1));
    comparison.value("timestamp", recorded.timestamp, Math.max(recorded.timestamp, this.#timestamp));
    this.#index = recorded.index;
    this.#block = recorded.block;
    this.#timestamp = recorded.timestamp;
    return comparison;
  }

  #decoded(recorded: RecordedLine): DecodedLog[] {
    return recorded.logs.map((log, index) => decodeLog(this.model.state, log.raw, index));
  }
}

/** Whether every log of the transaction found its operation: then each can be decoded. */
const isExplained = (findings: readonly Finding[]): boolean =>
  findings.every(
    (finding) =>
      finding.severity === "note" ||
      finding.field === "DebtSocialized.assets" ||
      finding.field?.startsWith("Liquidate.") === true,
  );

function positionOf(recorded: RecordedLine): Position {
  return {
    block: recorded.block,
    timestamp: recorded.timestamp,
    transaction: `${recorded.index}`,
    line: recorded.number,
  };
}

function transactionOf(recorded: RecordedLine): ChainTransaction {
  const { action, call, logs } = recorded;
  const prices: PriceUpdate[] =
    call.type === "setPrice" && recorded.reverted === undefined
      ? [{ subject: action.address("asset"), price: action.uint256("price") }]
      : [];
  const silent = logs.length === 0 && recorded.reverted === undefined && action.has("vault");
  return {
    position: positionOf(recorded),
    logs: logs.map((log) => log.raw),
    reverted: recorded.reverted !== undefined,
    touched: silent ? [action.address("vault")] : [],
    prices,
  };
}

const refusalOf = (execution: Execution): string | undefined => (execution.ok ? undefined : execution.reason);

/** A panic's code as a number, whether a recorder wrote it in hex or in decimal. */
function plainReason(reason: string | undefined): string | null {
  if (reason === undefined) return null;
  const panic = /^Panic\((0x[0-9a-f]+|\d+)\)/.exec(reason);
  return panic ? `Panic(${Number(panic[1])})` : reason;
}

function resultOf(comparison: Comparison, findings: readonly Finding[]): LineResult {
  return {
    comparisons: comparison.count,
    mismatches: comparison.mismatches,
    callsUsed: 0,
    resynced: false,
    findings,
  };
}
