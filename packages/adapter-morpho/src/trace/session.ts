import {
  type ChainTransaction,
  Comparison,
  type EventCodec,
  type FieldFailure,
  type Fields,
  type Finding,
  type LineResult,
  type Mismatch,
  type Position,
  type PredictedLog,
  type ProtocolModel,
  type RecordedCall,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import type { CallResult } from "../blue/calls.js";
import { MorphoCallError, PriceUnknownError, RateUnknownError } from "../blue/errors.js";
import { decodeLog } from "../blue/events.js";
import type { Reading } from "../blue/reading.js";
import type { BlueState } from "../blue/state.js";
import { compareAction } from "./action.js";
import { type RecordedLine, readLine, transactionOf } from "./line.js";

/** A model that a session can drive and take a recorded state into. */
export interface TraceModel extends ProtocolModel {
  /** Seconds at which the header's state stands. */
  readonly start: number;
  readonly state: BlueState;
  read(transaction: ChainTransaction): Reading;
  run(call: RecordedCall, position: Position): CallResult;
  resynchronise(recorded: Fields, position: Position, failure: FieldFailure): void;
}

/** What differs between the protocols whose files have this format. */
export interface TraceSubject {
  readonly model: TraceModel;
  /** Events of a contract, for comparing decoded arguments with raw ones. */
  tableOf(address: string): ReadonlyMap<string, EventCodec> | undefined;
  compareState(comparison: Comparison, recorded: Fields, full: boolean): void;
  /** Why an action cannot be executed, if it cannot. */
  unexecutable(line: RecordedLine): string | undefined;
}

/** The only number that a call without logs moves where logs cannot say whose. */
const UNSHOWN = /^state\.markets\.0x[0-9a-f]{64}\.lastUpdate$/;

/** Checks a golden file line by line. */
export class MorphoTraceSession implements TraceSession {
  readonly model: TraceModel;
  readonly #subject: TraceSubject;
  #sequence: number | undefined;
  #block = 0;
  #timestamp: number;

  constructor(subject: TraceSubject) {
    this.#subject = subject;
    this.model = subject.model;
    this.#timestamp = subject.model.start;
  }

  transaction(line: TraceLine): ChainTransaction {
    return transactionOf(readLine(line), this.model.state.deployment.morpho, true);
  }

  observe(line: TraceLine, options: { readonly calls: boolean }): LineResult {
    const recorded = readLine(line);
    const comparison = this.#begin(recorded);
    const { morpho } = this.model.state.deployment;
    const reading = this.model.read(transactionOf(recorded, morpho, options.calls));
    const mismatches: Mismatch[] = reading.findings
      .filter(({ severity }) => severity === "differs")
      .map(({ field, reported, recomputed }) => ({
        field: field ?? "logs",
        recorded: reported ?? "",
        computed: recomputed ?? "",
      }));
    if (recorded.reverted === null && !reading.rejected && reading.callsUsed === 0) {
      const logs = reading.accepted.flatMap(({ step }) => step.logs);
      compareAction(comparison, recorded.action, recorded.actionFields, logs);
    }
    if (recorded.reverted !== null) comparison.value("logs.length", recorded.logs.length, 0);
    this.#subject.compareState(comparison, recorded.state, recorded.full);
    mismatches.push(...comparison.mismatches);
    const findings = [...reading.findings];
    const stale =
      reading.rejected || (reading.undetermined && mismatches.some(({ field }) => UNSHOWN.test(field)));
    if (stale) {
      this.model.resynchronise(recorded.state, recorded.position, recorded.failure);
      findings.push(resynchronised(recorded.position, mismatches));
    }
    return {
      comparisons:
        comparison.count + reading.operations.reduce((sum, { comparisons }) => sum + comparisons, 0),
      mismatches:
        stale && reading.undetermined ? mismatches.filter(({ field }) => !UNSHOWN.test(field)) : mismatches,
      callsUsed: reading.callsUsed,
      resynced: stale,
      findings,
    };
  }

  execute(line: TraceLine): LineResult {
    const recorded = readLine(line);
    const comparison = this.#begin(recorded);
    const reason = this.#subject.unexecutable(recorded);
    if (reason !== undefined) return this.#skip(recorded, comparison, reason);
    const result = this.#run(recorded);
    if (typeof result === "string") return this.#skip(recorded, comparison, result);
    comparison.value("reverted", recorded.reverted, "reason" in result ? result.reason : null);
    compareLogs(comparison, recorded, "reason" in result ? [] : result.order.map(({ log }) => log));
    const diverged = comparison.mismatches.length > 0;
    this.#subject.compareState(comparison, recorded.state, recorded.full);
    const findings: Finding[] = [];
    if (diverged) {
      this.model.resynchronise(recorded.state, recorded.position, recorded.failure);
      findings.push(resynchronised(recorded.position, comparison.mismatches));
    }
    return {
      comparisons: comparison.count,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: diverged,
      findings,
    };
  }

  /** The result of the line's call, or why it cannot be known. @throws {LineError} the call is malformed. */
  #run(recorded: RecordedLine): CallResult | string {
    try {
      return this.model.run(recorded.action, recorded.position);
    } catch (error) {
      if (error instanceof MorphoCallError) {
        throw recorded.failure(`action.${error.field}`, error.expected, error.received);
      }
      if (error instanceof PriceUnknownError || error instanceof RateUnknownError) return error.message;
      throw error;
    }
  }

  /** Follows a line by its logs, which say what the action's missing arguments were. */
  #skip(recorded: RecordedLine, comparison: Comparison, skipped: string): LineResult {
    const { morpho } = this.model.state.deployment;
    const reading = this.model.read(transactionOf(recorded, morpho, false));
    if (reading.rejected) this.model.resynchronise(recorded.state, recorded.position, recorded.failure);
    this.#subject.compareState(comparison, recorded.state, recorded.full);
    return {
      comparisons: comparison.count,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: reading.rejected,
      findings: [...reading.findings],
      skipped,
    };
  }

  /** Order of lines, and each log's decoded arguments against its topics and data. */
  #begin(recorded: RecordedLine): Comparison {
    const comparison = new Comparison();
    const { block, timestamp } = recorded.position;
    comparison.value("i", recorded.sequence, (this.#sequence ?? -1) + 1);
    const atLeast = (value: number, least: number) => (value < least ? `at least ${least}` : value);
    comparison.value("block", block, atLeast(block, this.#block));
    const sameBlock = this.#sequence !== undefined && block === this.#block;
    comparison.value(
      "timestamp",
      timestamp,
      sameBlock ? this.#timestamp : atLeast(timestamp, this.#timestamp),
    );
    this.#sequence = recorded.sequence;
    this.#block = block;
    this.#timestamp = Math.max(timestamp, this.#timestamp);
    recorded.logs.forEach((log, at) => {
      const chainLog = recorded.chainLogs[at]!;
      const decoding = decodeLog(this.#subject.tableOf(chainLog.address) ?? new Map(), chainLog, at);
      if (!decoding.ok) {
        comparison.value(`logs[${at}]`, JSON.stringify(log.raw("args")), decoding.reason);
        return;
      }
      comparison.value(`logs[${at}].name`, log.raw("name"), decoding.decoded.name);
      comparison.deep(`logs[${at}].args`, log.raw("args"), decoding.decoded.args);
    });
    return comparison;
  }
}

function compareLogs(
  comparison: Comparison,
  recorded: RecordedLine,
  predicted: readonly PredictedLog[],
): void {
  comparison.value("logs.length", recorded.logs.length, predicted.length);
  recorded.logs.forEach((log, at) => {
    const own = predicted[at];
    comparison.value(`logs[${at}].address`, recorded.chainLogs[at]!.address, own?.address);
    comparison.value(`logs[${at}].name`, log.raw("name"), own?.name);
    if (own) comparison.deep(`logs[${at}].args`, log.raw("args"), own.args);
  });
}

function resynchronised(position: Position, differences: readonly Mismatch[]): Finding {
  const [first] = differences;
  return {
    class: "resynchronised",
    severity: "incomplete",
    message: `The recorded state was taken over: ${differences.length} values differ from what was re-executed.`,
    position,
    since: position,
    ...(first ? { field: first.field, reported: first.recorded, recomputed: first.computed } : {}),
  };
}
