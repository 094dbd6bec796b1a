import {
  type BorrowerPosition,
  type ChainTransaction,
  DeficitRegister,
  type Execution,
  type FieldFailure,
  type Fields,
  type Finding,
  type HaircutTable,
  type HistoryHeader,
  Journal,
  type LiabilityTable,
  type LossMoment,
  type Observation,
  type PoolView,
  type Position,
  type ProtocolModel,
  type RecordedCall,
  type WaterfallDefinition,
  type WriteOff,
  waterfallReference,
} from "@shortfall/core";
import { type CallResult, runBlueCall, runCall } from "./calls.js";
import { BLUE_VERSIONS, readBlueHeader, requireHeader } from "./header.js";
import { readTransaction } from "./observe.js";
import { borrowerPositions } from "./positions.js";
import { BlueBooks } from "./posting.js";
import { type Accepted, NOTHING_READ, type Reading } from "./reading.js";
import { loadSnapshot } from "./snapshot.js";
import type { BlueState } from "./state.js";
import type { Run, Step } from "./step.js";
import { liabilitiesOf, viewMarket } from "./view.js";
import { BLUE_WATERFALL } from "./waterfall.js";
import { BlueLosses } from "./write-off.js";

export const BLUE_PROTOCOL = "morpho-blue";

/** Morpho Blue with all its markets under re-execution. */
export class MorphoBlueModel implements ProtocolModel {
  readonly protocol = BLUE_PROTOCOL;
  readonly version: string;
  /** Seconds at which the header's state stands. */
  readonly start: number;
  readonly state: BlueState;
  readonly journal: Journal;
  readonly deficits = new DeficitRegister();
  readonly #books: BlueBooks;
  readonly #losses: BlueLosses;
  #last: Position;

  /** @throws {HeaderError} */
  constructor(header: HistoryHeader) {
    const { state, position } = readBlueHeader(requireHeader(header, BLUE_PROTOCOL, BLUE_VERSIONS));
    this.version = header.version;
    this.state = state;
    this.#last = position;
    this.start = position.timestamp;
    this.journal = new Journal({
      model: `${BLUE_PROTOCOL} ${header.version}`,
      waterfalls: [waterfallReference(state.deployment.morpho, BLUE_WATERFALL)],
    });
    this.#books = new BlueBooks(state, this.journal);
    this.#losses = new BlueLosses(state, this.deficits);
    this.#books.open(position);
  }

  observe(transaction: ChainTransaction): Observation {
    const { operations, findings, callsUsed } = this.read(transaction);
    return { operations, findings, callsUsed };
  }

  /** Observation with the steps behind it. */
  read(transaction: ChainTransaction): Reading {
    const { position } = transaction;
    if (position.timestamp < this.#last.timestamp) return backwards(position, this.#last);
    for (const { subject, price } of transaction.prices) this.state.prices.set(subject, price);
    this.#last = position;
    if (transaction.reverted) return NOTHING_READ;
    const reading = readTransaction(this.state, transaction);
    this.#commit(reading.accepted, position, (at) => transaction.logs[at]!.logIndex);
    return reading;
  }

  execute(call: RecordedCall, position: Position): Execution {
    const result = this.run(call, position);
    return "reason" in result
      ? { ok: false, reason: result.reason }
      : { ok: true, logs: result.order.map(({ log }) => log) };
  }

  /** Execution with the steps behind it. @throws {MorphoCallError} a malformed call; nothing is written. */
  run(call: RecordedCall, position: Position): CallResult {
    const result = runCall(this.state, call, position, [runBlueCall]);
    if ("reason" in result) return result;
    this.#last = position;
    this.#commit(numbered(result), position, (at) => at);
    return result;
  }

  /** Takes over a recorded state; the journal says so. @throws what `failure` makes; nothing is written then. */
  resynchronise(recorded: Fields, position: Position, failure: FieldFailure): void {
    loadSnapshot(this.state, recorded, failure);
    this.state.undo.clear();
    this.#books.resynchronise(position);
  }

  pools(): readonly PoolView[] {
    return [...this.state.markets.values()]
      .filter((market) => market.lastUpdate !== 0n)
      .map((market) => viewMarket(this.state, market, this.#losses.realised(market.id)));
  }

  writeOffs(): readonly WriteOff[] {
    return this.#losses.writeOffs;
  }

  haircuts(writeOffId: string): readonly HaircutTable[] {
    return this.#losses.haircuts(writeOffId);
  }

  lossMoment(writeOffId: string): LossMoment | undefined {
    return this.#losses.momentOf(writeOffId);
  }

  liabilities(): readonly LiabilityTable[] {
    return [...this.state.markets.values()].map((market) => liabilitiesOf(this.state, market));
  }

  nativeWaterfall(): WaterfallDefinition {
    return BLUE_WATERFALL;
  }

  positions(pool: string): readonly BorrowerPosition[] {
    const market = this.state.markets.get(pool);
    return market === undefined ? [] : borrowerPositions(this.state, market);
  }

  #commit(accepted: readonly Accepted[], position: Position, indexOf: (at: number) => number): void {
    this.state.undo.clear();
    for (const { step, logs, reportedLoss } of accepted) {
      const at = anchored(position, logs, indexOf);
      this.#books.post(step, at, this.#losses.record(step, at, reportedLoss));
    }
  }
}

/** A run's steps with the positions their logs would have in a transaction of their own. */
export function numbered(run: Run): Accepted[] {
  const logs = new Map<Step, number[]>(run.steps.map((step) => [step, []]));
  run.order.forEach(({ step }, at) => {
    logs.get(step)?.push(at);
  });
  return run.steps.map((step) => ({ step, logs: logs.get(step) ?? [] }));
}

/** A step's position: that of its first log. */
export function anchored(
  position: Position,
  logs: readonly number[],
  indexOf: (at: number) => number,
): Position {
  const [first] = logs;
  return first === undefined ? position : { ...position, logIndex: indexOf(first) };
}

/** A transaction older than the one before it. */
export function backwards(position: Position, last: Position): Reading {
  const finding: Finding = {
    class: "reordered-event",
    severity: "differs",
    message: `The transaction is at ${position.timestamp}, before the one at ${last.timestamp}. Sort the history by block.`,
    position,
    field: "timestamp",
    reported: `${position.timestamp}`,
    recomputed: `at least ${last.timestamp}`,
  };
  return { ...NOTHING_READ, rejected: true, findings: [finding] };
}
