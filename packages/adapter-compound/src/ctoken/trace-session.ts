import {
  type ChainTransaction,
  Comparison,
  Fields,
  type HistoryHeader,
  type LineResult,
  type Position,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import { openingOf } from "./genesis.js";
import type { CTokenModel, Outcome } from "./model.js";
import { pricesOf, type RecordedLine, readLine } from "./recorded-line.js";
import { compareDecoding, comparePredictions } from "./recorded-logs.js";
import { SequenceCheck } from "./sequence-check.js";

/** What a protocol compares beyond logs and order. */
export interface TraceFamily<O extends { readonly kind: string }> {
  /** Contracts that a call without logs touches, by its recorded type. */
  touchedBy(line: RecordedLine): readonly string[];
  /** Compares `state` and `derived`. */
  compareState(
    comparison: Comparison,
    model: CTokenModel<O>,
    line: RecordedLine,
    operations: readonly O[],
  ): void;
  /** Compares the recorded call with what the logs show of it. */
  compareAction(comparison: Comparison, line: RecordedLine, outcome: Outcome<O>): void;
}

/** Checks a golden file of this family line by line, in one mode. */
export class CTokenTraceSession<O extends { readonly kind: string }> implements TraceSession {
  readonly model: CTokenModel<O>;
  readonly #family: TraceFamily<O>;
  readonly #sequence: SequenceCheck;
  readonly #named: ReadonlySet<string>;

  constructor(model: CTokenModel<O>, family: TraceFamily<O>, header: HistoryHeader) {
    this.model = model;
    this.#family = family;
    this.#sequence = new SequenceCheck(openingOf(header));
    this.#named = labelledAddresses(header);
  }

  transaction(line: TraceLine): ChainTransaction {
    return this.#transactionOf(readLine(line));
  }

  observe(line: TraceLine, _options: { readonly calls: boolean }): LineResult {
    const recorded = readLine(line);
    const comparison = new Comparison();
    this.#compareFrame(comparison, recorded);
    const outcome = this.model.observeInFull(this.#transactionOf(recorded));
    const { findings } = outcome.observation;
    comparison.value("findings", findings.map(({ message }) => message).join(" ") || "none", "none");
    this.#family.compareAction(comparison, recorded, outcome);
    this.#family.compareState(
      comparison,
      this.model,
      recorded,
      outcome.accepted.flatMap(({ operation }) => operation ?? []),
    );
    const predicted = outcome.observation.operations.reduce((sum, each) => sum + each.comparisons, 0);
    return {
      comparisons: comparison.count + predicted,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: false,
      findings,
    };
  }

  execute(line: TraceLine): LineResult {
    const recorded = readLine(line);
    const comparison = new Comparison();
    this.#compareFrame(comparison, recorded);
    const operation = this.model.family.call(recorded.action, recorded.failure);
    const execution = this.model.run(operation, positionOf(recorded));
    comparison.value("reverted", recorded.reverted, execution.ok ? null : execution.reason);
    comparePredictions(comparison, execution.ok ? execution.logs : [], recorded.logs);
    this.#family.compareState(comparison, this.model, recorded, execution.ok ? [operation] : []);
    return {
      comparisons: comparison.count,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: false,
      findings: [],
    };
  }

  #compareFrame(comparison: Comparison, recorded: RecordedLine): void {
    this.#sequence.compare(comparison, recorded);
    if (recorded.reverted !== null) comparison.value("logs.length", recorded.logs.length, 0);
    compareDecoding(comparison, this.model.family.events, recorded.logs, this.#named);
  }

  #transactionOf(recorded: RecordedLine): ChainTransaction {
    return {
      position: positionOf(recorded),
      logs: recorded.logs,
      reverted: recorded.reverted !== null,
      touched:
        recorded.reverted === null && recorded.logs.length === 0 ? this.#family.touchedBy(recorded) : [],
      prices: pricesOf(recorded),
      readCall: () => recorded.action,
    };
  }
}

const positionOf = (recorded: RecordedLine): Position => ({
  block: recorded.block,
  timestamp: recorded.timestamp,
  transaction: `#${recorded.sequence}`,
  line: recorded.number,
});

/** Contracts and accounts that a header gives names to. */
function labelledAddresses(header: HistoryHeader): ReadonlySet<string> {
  const fields = new Fields(header);
  return new Set(
    fields.has("labels")
      ? fields
          .object("labels")
          .keys()
          .map((address) => address.toLowerCase())
      : [],
  );
}
