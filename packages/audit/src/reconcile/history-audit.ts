import {
  type ChainLog,
  type ChainTransaction,
  Comparison,
  type DifferenceClass,
  type Finding,
  type HistoryHeader,
  isShortfallError,
  LineError,
  type LineResult,
  type LogSource,
  type Mismatch,
  type PoolView,
  type Position,
  type ProtocolAdapter,
  type ProtocolModel,
  type Severity,
  ShortfallError,
  type SourceDigest,
  type SourceRecord,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import { JournalTranscript } from "../report/journal-transcript.js";
import { CallCheck } from "./call-check.js";
import type { OrderCheck } from "./chain-order.js";
import { type Coverage, CoverageCount } from "./coverage.js";
import { diagnosed, type Reported, reportedByLogs } from "./diagnosis.js";
import { classifyTexts } from "./difference.js";
import { LogOrder } from "./log-order.js";
import { lateRecovery, mayBeNamed, namedCause } from "./named-cause.js";
import { positionOf, TraceOrder } from "./trace-order.js";
import { type Step, TransactionGrouping } from "./transactions.js";
import { type ReconciledWriteOff, reconcileWriteOffs } from "./write-off.js";

/** Classes that say that something differs, not why. */
const UNNAMED: ReadonlySet<DifferenceClass> = new Set(["unexplained", "resynchronised", "rounding"]);

/** Findings kept of one history, in order; the rest is counted by severity. */
const KEPT_FINDINGS = 10_000;

export interface ReconcileOptions {
  /** Whether a call may be read where logs do not determine the outcome. */
  readonly calls: boolean;
  /** Takes the lines of `journal.jsonl` as the journal grows, in order, and is waited for. */
  readonly journal?: (text: string) => void | Promise<void>;
  /** Called before a transaction is executed, with its place. */
  readonly beforeTransaction?: (position: Position) => void;
  /** Called after every transaction with their number. */
  readonly onTransaction?: (transactions: number) => void;
  /** Called with every finding as it is made, those included that are not kept. */
  readonly onFinding?: (finding: AuditFinding) => void;
}

/** A finding and the file it is about. */
export interface AuditFinding extends Finding {
  readonly file: string;
}

/** What reconciling one history gave. */
export interface HistoryResult {
  readonly name: string;
  readonly protocol: string;
  readonly version: string;
  readonly header: HistoryHeader;
  readonly model: ProtocolModel;
  readonly sources: readonly SourceDigest[];
  readonly coverage: Coverage;
  readonly findings: readonly AuditFinding[];
  /** All findings by severity, those included that were not kept. */
  readonly severities: Readonly<Record<Severity, number>>;
  readonly writeOffs: readonly ReconciledWriteOff[];
}

/** A record that the protocol's model cannot digest: the record or the model is at fault. */
export class ModelFailureError extends ShortfallError {
  readonly code = "SF_MODEL_FAILURE";

  constructor(
    readonly line: number,
    readonly protocol: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `Line ${line}: the ${protocol} model failed (${reason}). Check that the line has all its fields; if it does, report this as a defect.`,
      options,
    );
  }
}

/**
 * Re-executes one history and compares it with what the chain recorded. Recorded state is compared, never fed
 * in, but for lines that are resynchronised because calls may not be read.
 */
export class HistoryAudit {
  readonly #options: ReconcileOptions;
  readonly #name: string;
  readonly #header: HistoryHeader;
  readonly #session: TraceSession | undefined;
  readonly #callCheck: CallCheck | undefined;
  readonly #model: ProtocolModel;
  readonly #style: "trace" | "logs";
  readonly #order: OrderCheck;
  readonly #coverage: CoverageCount;
  readonly #findings: AuditFinding[] = [];
  readonly #sources: SourceDigest[] = [];
  /** What logs said of write-offs whose lines had to be driven by their calls. */
  readonly #reported = new Map<string, Reported>();
  readonly #severities: Record<Severity, number> = { note: 0, differs: 0, incomplete: 0 };
  readonly #transcript: JournalTranscript | undefined;
  #file: string;
  /** Something is missing from the state; later differences may follow from it. */
  #cause: DifferenceClass | undefined;

  /** @throws {HeaderError} the header is not one of the adapter's. */
  constructor(
    adapter: ProtocolAdapter,
    source: Pick<LogSource, "name" | "header" | "style" | "complete">,
    options: ReconcileOptions,
  ) {
    this.#options = options;
    this.#name = source.name;
    this.#file = source.name;
    this.#header = source.header;
    this.#style = source.style;
    this.#session = source.style === "trace" ? adapter.traces.open(source.header) : undefined;
    this.#model = this.#session?.model ?? adapter.open(source.header);
    this.#callCheck =
      this.#session && options.calls ? new CallCheck(adapter.traces.open(source.header)) : undefined;
    this.#order = source.style === "trace" ? new TraceOrder() : new LogOrder({ complete: source.complete });
    this.#coverage = new CoverageCount(adapter);
    this.#transcript = options.journal && new JournalTranscript(source.name, this.#model.journal);
  }

  /**
   * Reads a source to its end. A source that continues the history is read into the same state.
   *
   * @throws {LineError} a malformed line. @throws {ModelFailureError} a line the model cannot digest.
   */
  async read(source: LogSource): Promise<void> {
    this.#file = source.name;
    const grouping = new TransactionGrouping();
    const records = source.records();
    for (;;) {
      const next = await records.next();
      const ordered = next.done ? this.#order.end() : this.#order.push(next.value);
      for (const item of ordered) {
        if (item.kind === "finding") {
          this.#find(item.finding);
          if (item.finding.severity === "incomplete") this.#coverage.gap(item.finding.message);
          if (item.breaks) this.#cause ??= item.finding.class;
        } else {
          this.#record(item.record, grouping);
        }
      }
      if (next.done) for (const step of grouping.end()) this.#step(step);
      for (const text of this.#transcript?.take() ?? []) await this.#options.journal?.(text);
      if (next.done) {
        if (next.value.sha256 !== "") this.#sources.push(next.value);
        return;
      }
    }
  }

  /** After the last source: gives the rest of the journal to who takes its lines. */
  async end(): Promise<void> {
    for (const text of this.#transcript?.end() ?? []) await this.#options.journal?.(text);
  }

  /** The market as it stands. */
  get model(): ProtocolModel {
    return this.#model;
  }

  /** `prefix` leads the ids of write-offs where a report holds several histories. */
  result(prefix = ""): HistoryResult {
    return {
      name: this.#name,
      protocol: this.#model.protocol,
      version: this.#model.version,
      header: this.#header,
      model: this.#model,
      sources: [...this.#sources],
      coverage: this.#coverage.result(this.#name, this.#style),
      findings: [...this.#findings],
      severities: { ...this.#severities },
      writeOffs: reconcileWriteOffs(this.#model, this.#name, this.#findings, prefix, this.#reported),
    };
  }

  #record(record: SourceRecord, grouping: TransactionGrouping): void {
    for (const step of grouping.push(record)) this.#step(step);
  }

  #step(step: Step): void {
    if (step.kind === "trace") this.#traceLine(step.line);
    else if (step.kind === "transaction") this.#transaction(step.transaction);
    else if (step.kind === "checkpoint") this.#checkpoint(step);
    else {
      const missing = this.#coverage.range(step);
      if (missing) this.#missingBlocks(missing.fromBlock, missing.toBlock, step.line);
    }
  }

  #traceLine(line: TraceLine): void {
    const session = this.#session;
    if (!session) throw new LineError(line.number, "(line)", "a log", "a line of a trace");
    this.#options.beforeTransaction?.(positionOf(line));
    const entries = this.#model.journal.length;
    const { logs, result } = this.#guard(line.number, () => {
      const transaction = session.transaction(line);
      this.#coverage.transaction(transaction);
      return { logs: transaction.logs, result: session.observe(line, { calls: this.#options.calls }) };
    });
    this.#coverage.comparisons += result.comparisons;
    this.#coverage.checkpoints++;
    this.#coverage.callsUsed += result.callsUsed;
    if (result.resynced) this.#coverage.resyncs++;
    for (const finding of result.findings) this.#find(this.#named(finding, logs));
    const refusal = result.findings.find((finding) => finding.severity !== "note");
    const leftOut =
      refusal !== undefined &&
      result.mismatches.length > 0 &&
      !result.resynced &&
      this.#model.journal.length === entries;
    const again = leftOut ? this.#fromCall(session, line) : undefined;
    if (again && result.callsUsed === 0) this.#coverage.callsUsed++;
    const mismatches = again ? diagnosed(again) : result.mismatches;
    // What a finding already says need not be said again.
    const said = new Set(
      result.findings.map(({ field, reported, recomputed }) => `${field} ${reported} ${recomputed}`),
    );
    const unsaid = mismatches.filter(
      ({ field, recorded, computed }) => !said.has(`${field} ${recorded} ${computed}`),
    );
    if (unsaid.length > 0) {
      this.#differs(
        line,
        logs,
        unsaid,
        again ? " It was re-executed from its call, because its logs fit no operation." : "",
      );
    }
    this.#checkCall(line, [...result.findings, ...mismatches]);
    // The state no longer is the chain's.
    if (leftOut && (!again || mismatches.some(({ field }) => field.startsWith("state")))) {
      this.#cause ??= refusal.class;
    }
    if (result.resynced && !result.findings.some((finding) => finding.class === "resynchronised")) {
      this.#find({
        class: "resynchronised",
        severity: "incomplete",
        message: `The state after line ${line.number} was taken over from the record: its logs do not determine it. Allow calls to re-execute it.`,
        position: positionOf(line),
      });
    }
    if (result.skipped !== undefined) {
      this.#coverage.gap(`line ${line.number}: ${result.skipped}`);
      this.#find({
        class: "unreadable",
        severity: "incomplete",
        message: `Line ${line.number} was not re-executed: ${result.skipped}.`,
        position: positionOf(line),
        field: "action",
      });
    }
    this.#options.onTransaction?.(this.#coverage.transactions);
  }

  /** Adds what the line's call says of its logs, unless the findings of the line name the cause already. */
  #checkCall(line: TraceLine, found: readonly (Finding | Mismatch)[]): void {
    const finding = this.#callCheck?.line(line);
    if (this.#cause !== undefined) this.#callCheck?.end();
    const named = found.some((each) => "class" in each && !UNNAMED.has(each.class));
    if (finding && this.#cause === undefined && !named) this.#find(finding);
  }

  /**
   * Executes the call of a line whose logs fit no operation, so that one wrong log shows as what it is and what
   * follows is re-executed from the right state. Undefined where the call may not be read or cannot be executed.
   */
  #fromCall(session: TraceSession, line: TraceLine): LineResult | undefined {
    if (!this.#options.calls) return undefined;
    const before = this.#model.writeOffs().length;
    let result: LineResult;
    try {
      result = session.execute(line);
    } catch (error) {
      // A call that is recorded wrongly is no help; the line's own findings stand.
      if (isShortfallError(error)) return undefined;
      throw new ModelFailureError(line.number, this.#model.protocol, String(error), { cause: error });
    }
    if (result.skipped !== undefined) return undefined;
    for (const writeOff of this.#model.writeOffs().slice(before)) {
      const reported = reportedByLogs(writeOff, result.mismatches);
      if (reported) this.#reported.set(writeOff.id, reported);
    }
    return result;
  }

  #transaction(transaction: ChainTransaction): void {
    const calls = this.#options.calls;
    const { readCall, ...withoutCall } = transaction;
    this.#options.beforeTransaction?.(transaction.position);
    const observation = this.#guard(transaction.position.line ?? 0, () =>
      this.#model.observe(calls && readCall ? { ...withoutCall, readCall } : withoutCall),
    );
    this.#coverage.transaction(transaction);
    this.#coverage.callsUsed += observation.callsUsed;
    for (const operation of observation.operations) this.#coverage.comparisons += operation.comparisons;
    for (const finding of observation.findings) {
      this.#find(this.#named(finding, transaction.logs));
      if (finding.severity === "incomplete") this.#cause ??= finding.class;
    }
    this.#options.onTransaction?.(this.#coverage.transactions);
  }

  /** Write-offs are asked for only where something is unexplained: they cost as much as there are. */
  #named(finding: Finding, logs: readonly ChainLog[]): Finding {
    return mayBeNamed(finding) ? namedCause(finding, logs, this.#model.writeOffs()) : finding;
  }

  #checkpoint(step: Step & { readonly kind: "checkpoint" }): void {
    const line = step.position.line ?? 0;
    const views = this.#model.pools();
    const view = views.find(({ pool }) => pool === step.pool || pool === step.pool.toLowerCase());
    if (!view) {
      const known = views.map(({ pool }) => pool).join(", ");
      throw new LineError(line, "checkpoint.pool", `one of: ${known}`, step.pool);
    }
    const amounts = amountsOf(view);
    const comparison = new Comparison();
    for (const [name, recorded] of step.values) {
      const computed = amounts.get(name);
      if (computed === undefined) {
        throw new LineError(line, `checkpoint.${name}`, `one of: ${[...amounts.keys()].join(", ")}`, "it");
      }
      comparison.value(`${step.pool}.${name}`, recorded, computed);
    }
    this.#coverage.comparisons += comparison.count;
    this.#coverage.checkpoints++;
    for (const mismatch of comparison.mismatches) {
      this.#find({
        class: this.#cause ?? this.#classOf(step.pool, mismatch),
        severity: "differs",
        message: `At the checkpoint on line ${line}, ${mismatch.field} is ${mismatch.recorded} on chain and ${mismatch.computed} by re-execution.${this.#causeText()}`,
        position: step.position,
        pool: step.pool,
        field: mismatch.field,
        reported: mismatch.recorded,
        recomputed: mismatch.computed,
      });
    }
  }

  /** A figure of losses may be off by a recovery that was booked at another time; numbers say the rest. */
  #classOf(pool: string, { field, recorded, computed }: Mismatch): DifferenceClass {
    const byNumbers = classifyTexts(recorded, computed);
    if (byNumbers !== "unexplained" || !/^-?\d+$/.test(recorded)) return byNumbers;
    const figure = field.slice(field.lastIndexOf(".") + 1);
    const difference = BigInt(computed) - BigInt(recorded);
    return lateRecovery(this.#model, pool, figure, difference) ?? byNumbers;
  }

  #differs(line: TraceLine, logs: readonly ChainLog[], mismatches: readonly Mismatch[], how: string): void {
    const [first] = mismatches;
    if (!first) return;
    const classes = new Set(mismatches.map(({ recorded, computed }) => classifyTexts(recorded, computed)));
    const [only] = classes;
    const others = mismatches.length === 1 ? "" : ` and ${mismatches.length - 1} more recorded values differ`;
    const finding: Finding = {
      class: this.#cause ?? (classes.size === 1 && only ? only : "unexplained"),
      severity: "differs",
      message: `Line ${line.number}: ${first.field} is recorded as ${first.recorded} and comes out as ${first.computed}${others}.${how}${this.#causeText()}`,
      position: positionOf(line),
      field: first.field,
      reported: first.recorded,
      recomputed: first.computed,
    };
    // The write-offs of this line are among those of the model by now, and no repetition of themselves.
    this.#find(namedCause(finding, logs, []));
  }

  #causeText(): string {
    return this.#cause === undefined ? "" : " It may follow from what was not executed before.";
  }

  #missingBlocks(fromBlock: number, toBlock: number, line: number): void {
    const words = fromBlock === toBlock ? `block ${fromBlock} was` : `blocks ${fromBlock} to ${toBlock} were`;
    this.#coverage.gap(`${words} not asked for`);
    this.#cause ??= "missing-event";
    this.#find({
      class: "missing-event",
      severity: "incomplete",
      message: `Before line ${line}, ${words} not asked for. What follows was executed without; fetch the rest.`,
      position: { block: fromBlock, timestamp: 0, line },
      field: "range",
      reported: `${toBlock + 1}`,
      recomputed: `${fromBlock}`,
    });
  }

  #find(finding: Finding): void {
    this.#severities[finding.severity]++;
    const found: AuditFinding = { ...finding, file: this.#file };
    if (this.#findings.length < KEPT_FINDINGS) this.#findings.push(found);
    this.#options.onFinding?.(found);
  }

  /** Errors about the record pass; anything else is a failure of the model on that line. */
  #guard<T>(line: number, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (isShortfallError(error) && (error.code === "SF_LINE" || error.code === "SF_HEADER")) throw error;
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new ModelFailureError(line, this.#model.protocol, reason, { cause: error });
    }
  }
}

/** The figures of a view that a checkpoint may name. */
const amountsOf = (view: PoolView): ReadonlyMap<string, bigint> =>
  new Map(Object.entries(view).filter((member): member is [string, bigint] => typeof member[1] === "bigint"));
