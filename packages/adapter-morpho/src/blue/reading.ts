import {
  type ChainTransaction,
  type DifferenceClass,
  type EventCodec,
  type Finding,
  isShortfallError,
  type ObservedOperation,
  type PredictedLog,
  type Severity,
} from "@shortfall/core";
import { refusalReason } from "./errors.js";
import { type DecodedLog, decodeLog } from "./events.js";
import type { BlueState } from "./state.js";
import { openRun, type Run, type Step } from "./step.js";

/** A step the chain made, and the positions in the transaction's `logs` that show it. */
export interface Accepted {
  readonly step: Step;
  readonly logs: readonly number[];
  /** Of a liquidation: the bad debt that its event reports, in loan wei. */
  readonly reportedLoss?: bigint;
}

/** What reading a transaction gave. */
export interface Reading {
  readonly accepted: readonly Accepted[];
  readonly operations: readonly ObservedOperation[];
  readonly findings: readonly Finding[];
  readonly callsUsed: 0 | 1;
  /** Nothing was changed: some log fits no operation. */
  readonly rejected: boolean;
  /** A call without logs whose market nothing shows. */
  readonly undetermined: boolean;
}

export const NOTHING_READ: Reading = {
  accepted: [],
  operations: [],
  findings: [],
  callsUsed: 0,
  rejected: false,
  undetermined: false,
};

/** Stops the reading of a transaction; all it did is taken back. */
export class Unreadable {
  constructor(readonly finding: Finding) {}
}

const NOTHING_TOLERATED: ReadonlySet<string> = new Set();

/** A payment that an operation predicts; its Transfer may stand anywhere in the transaction. */
interface Payment {
  readonly log: PredictedLog;
  readonly taken: number[];
}

/** How a candidate's prediction differs from the logs. */
interface Difference {
  readonly at: number;
  readonly field: string;
  readonly reported: string;
  readonly recomputed: string;
}

/** What tries to explain the logs from a position on. */
export type Candidate = (run: Run) => void;

/** One transaction being explained log by log. */
export class Walk {
  readonly state: BlueState;
  readonly transaction: ChainTransaction;
  readonly time: bigint;
  readonly events: readonly DecodedLog[];
  readonly findings: Finding[] = [];
  readonly #used: boolean[];
  readonly #accepted: Accepted[] = [];
  readonly #payments: Payment[] = [];
  #comparisons = 0;

  constructor(
    state: BlueState,
    transaction: ChainTransaction,
    tableOf: (address: string) => ReadonlyMap<string, EventCodec> | undefined,
    isToken: (address: string) => boolean,
  ) {
    this.state = state;
    this.transaction = transaction;
    this.time = BigInt(transaction.position.timestamp);
    const events: DecodedLog[] = [];
    transaction.logs.forEach((log, at) => {
      const table = tableOf(log.address);
      if (!table) return;
      const decoding = decodeLog(table, log, at);
      if (decoding.ok) events.push(decoding.decoded);
      // Tokens log more than transfers, and none of it moves a balance.
      else if (!decoding.unknown || !isToken(log.address)) {
        throw new Unreadable(
          this.finding("unreadable", "differs", at, `It cannot be read: ${decoding.reason}.`, {
            field: `logs[${at}].${decoding.unknown ? "topics[0]" : "data"}`,
            reported: decoding.unknown ? (log.topics[0] ?? "(none)") : log.data,
            recomputed: decoding.reason,
          }),
        );
      }
    });
    this.events = events;
    this.#used = events.map(() => false);
  }

  isUsed(index: number): boolean {
    return this.#used[index]!;
  }

  use(index: number): void {
    this.#used[index] = true;
  }

  /** Lets an event be used once more. */
  release(index: number): void {
    this.#used[index] = false;
  }

  /** Steps accepted so far. */
  get steps(): readonly Accepted[] {
    return this.#accepted;
  }

  /** The nearest unused event after `index` for which `test` holds. */
  next(index: number, test: (event: DecodedLog) => boolean): DecodedLog | undefined {
    for (let k = index + 1; k < this.events.length; k++) {
      if (!this.#used[k] && test(this.events[k]!)) return this.events[k];
    }
    return undefined;
  }

  /**
   * Keeps the first candidate whose prediction is what the logs say. In a `run` all its logs follow one
   * another; otherwise its payments may stand anywhere, because callbacks nest whole operations between an
   * event and its payment.
   *
   * @throws {Unreadable} none fits.
   */
  explain(
    index: number,
    candidates: readonly Candidate[],
    shape: "run" | "payments-apart",
    tolerated: ReadonlySet<string> = NOTHING_TOLERATED,
  ): void {
    let nearest: Difference | undefined;
    for (const candidate of candidates) {
      const mark = this.state.undo.mark();
      const run = openRun(this.state, this.time, false);
      const difference = this.#attempt(index, candidate, run, shape, tolerated);
      if (difference === undefined) return;
      this.state.undo.rollback(mark);
      if (!nearest || difference.at > nearest.at) nearest = difference;
    }
    throw new Unreadable(this.#misfit(index, nearest));
  }

  /** Accepts a step that no log of a contract shows, such as a donation. */
  accept(steps: readonly Step[], logs: readonly number[]): void {
    for (const step of steps) this.#accepted.push({ step, logs: [...logs] });
  }

  /** Finds each expected payment's Transfer. @throws {Unreadable} one is missing. */
  settlePayments(): void {
    for (const { log, taken } of this.#payments) {
      const index = this.events.findIndex(
        (event, k) =>
          !this.#used[k] &&
          event.name === "Transfer" &&
          event.address === log.address &&
          event.args.from === log.args.from &&
          event.args.to === log.args.to &&
          event.args.value === log.args.value,
      );
      if (index < 0) throw new Unreadable(this.#missingPayment(log, taken));
      this.#used[index] = true;
      this.#comparisons += 3;
      taken.push(this.events[index]!.at);
    }
  }

  finish(callsUsed: 0 | 1 = 0): Reading {
    const comparisons = this.#comparisons;
    return {
      accepted: this.#accepted,
      operations: this.#accepted.map(({ step, logs }, index) => ({
        kind: step.kind,
        pool: step.pool,
        logs,
        // Every argument compared, once for the transaction.
        comparisons: index === 0 ? comparisons : 0,
      })),
      findings: this.findings,
      callsUsed,
      rejected: false,
      undetermined: false,
    };
  }

  finding(
    kind: DifferenceClass,
    severity: Severity,
    at: number,
    message: string,
    detail: Partial<Finding> = {},
  ): Finding {
    const log = this.transaction.logs[at];
    return {
      class: kind,
      severity,
      message: log ? `Log ${log.logIndex} of ${log.address}: ${message}` : message,
      position: { ...this.transaction.position, ...(log ? { logIndex: log.logIndex } : {}) },
      ...(log ? { logs: [log.logIndex] } : {}),
      ...detail,
    };
  }

  #attempt(
    index: number,
    candidate: Candidate,
    run: Run,
    shape: "run" | "payments-apart",
    tolerated: ReadonlySet<string>,
  ): Difference | undefined {
    try {
      candidate(run);
    } catch (error) {
      const reason = refusalReason(error);
      if (reason === undefined && !isShortfallError(error)) throw error;
      const event = this.events[index]!;
      const recomputed = reason === undefined ? String(error) : `reverts with ${reason}`;
      return { at: event.at - 0.5, field: event.name, reported: "logged", recomputed };
    }
    const consumed = new Map(run.steps.map((step) => [step, entryOf(step)]));
    const findings: Finding[] = [];
    const payments: Payment[] = [];
    const taken: number[] = [];
    let cursor = index;
    for (const { step, log } of run.order) {
      const entry = consumed.get(step)!;
      if (shape === "payments-apart" && log.name === "Transfer") {
        payments.push({ log, taken: entry.logs });
        continue;
      }
      while (cursor < this.events.length && this.#skips(cursor, shape)) cursor++;
      const event = this.events[cursor];
      const differences = compareLog(event, log);
      const difference = differences.find(({ field }) => !tolerated.has(field));
      if (!event || difference) {
        return { at: event?.at ?? this.transaction.logs.length, ...(difference ?? differences[0]!) };
      }
      for (const { field, reported, recomputed } of differences) {
        const message = "The write-off is not what its position and the market's totals give.";
        findings.push(
          this.finding("unexplained", "differs", event.at, message, { field, reported, recomputed }),
        );
      }
      const loss = event.args.badDebtAssets;
      if (typeof loss === "bigint") entry.reportedLoss = loss;
      taken.push(cursor);
      entry.logs.push(event.at);
      cursor++;
    }
    for (const k of taken) {
      this.#used[k] = true;
      this.#comparisons += Object.keys(this.events[k]!.args).length;
    }
    this.findings.push(...findings);
    this.#accepted.push(...consumed.values());
    this.#payments.push(...payments);
    return undefined;
  }

  /** Events that a prediction need not account for: used ones, and payments where they stand apart. */
  #skips(index: number, shape: "run" | "payments-apart"): boolean {
    if (this.#used[index]) return true;
    if (shape === "run") return false;
    const { name, address } = this.events[index]!;
    return name === "Transfer" || !this.#isBlue(address);
  }

  #isBlue(address: string): boolean {
    const { morpho, adaptiveCurveIrm } = this.state.deployment;
    return address === morpho || address === adaptiveCurveIrm;
  }

  #misfit(index: number, nearest: Difference | undefined): Finding {
    const event = this.events[index]!;
    if (!nearest) return this.finding("unexplained", "differs", event.at, `${event.name} fits no operation.`);
    return this.finding(
      "unexplained",
      "differs",
      Math.ceil(nearest.at) < this.transaction.logs.length ? Math.ceil(nearest.at) : event.at,
      `${event.name} fits no operation; the nearest differs in ${nearest.field}.`,
      { field: nearest.field, reported: nearest.reported, recomputed: nearest.recomputed },
    );
  }

  #missingPayment(log: PredictedLog, operation: readonly number[]): Finding {
    const { from, to, value } = log.args;
    return this.finding(
      "missing-event",
      "differs",
      operation[0] ?? 0,
      `The payment of ${value} from ${from} to ${to} has no Transfer of ${log.address}.`,
      { field: "Transfer.value", reported: "none", recomputed: String(value) },
    );
  }
}

/** An accepted step while its logs are being found. */
interface Entry {
  readonly step: Step;
  readonly logs: number[];
  reportedLoss?: bigint;
}

const entryOf = (step: Step): Entry => ({ step, logs: [] });

/** Every field in which an event is not the predicted one; a whole event counts as one field. */
function compareLog(event: DecodedLog | undefined, log: PredictedLog): Omit<Difference, "at">[] {
  if (!event) return [{ field: log.name, reported: "no log", recomputed: describe(log.args) }];
  if (event.name !== log.name || event.address !== log.address) {
    return [
      {
        field: log.name,
        reported: `${event.name} of ${event.address}`,
        recomputed: `${log.name} of ${log.address}`,
      },
    ];
  }
  const differences: Omit<Difference, "at">[] = [];
  for (const [name, value] of Object.entries(event.args)) {
    const own = log.args[name];
    if (value !== own && describe(value) !== describe(own)) {
      differences.push({
        field: `${log.name}.${name}`,
        reported: describe(value),
        recomputed: describe(own),
      });
    }
  }
  return differences;
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(describe).join(", ")}]`;
  return Object.entries(value)
    .map(([name, member]) => `${name} ${describe(member)}`)
    .join(", ");
}
