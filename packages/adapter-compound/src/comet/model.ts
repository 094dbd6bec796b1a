import {
  type BorrowerPosition,
  type ChainTransaction,
  DeficitRegister,
  digestValue,
  type Execution,
  type FieldFailure,
  Fields,
  type HaircutTable,
  HeaderError,
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
} from "@shortfall/core";
import type { Settlement } from "./accrual.js";
import { priceSlot, runCall } from "./calls.js";
import { EXECUTION } from "./checks.js";
import { PROTOCOL, readConfiguration } from "./configuration.js";
import { CometRefusal } from "./errors.js";
import { CometMarket } from "./market.js";
import { type Reading, readTransaction } from "./observe.js";
import type { Outcome } from "./outcome.js";
import { borrowerPositions } from "./positions.js";
import { CometBooks } from "./posting.js";
import { accountSnapshot, loadState, marketSnapshot } from "./snapshot.js";
import { liabilitiesOf, viewPool } from "./view.js";
import { COMET_WATERFALL } from "./waterfall.js";
import { type Absorption, CometLosses } from "./write-off.js";

/** A Comet market under re-execution. */
export class CometModel implements ProtocolModel {
  readonly protocol = PROTOCOL;
  readonly version: string;
  readonly market: CometMarket;
  readonly journal: Journal;
  readonly deficits = new DeficitRegister();
  readonly #books: CometBooks;
  readonly #losses: CometLosses;
  #last: Position;

  /** @throws {HeaderError} */
  constructor(header: HistoryHeader) {
    const configuration = readConfiguration(header);
    this.version = header.version;
    this.market = new CometMarket(configuration);
    this.#last = readGenesis(header, this.market);
    this.journal = new Journal({
      model: `${PROTOCOL} ${header.version}`,
      waterfalls: [
        {
          pool: this.market.pool,
          id: COMET_WATERFALL.id,
          version: COMET_WATERFALL.version,
          digest: digestValue(COMET_WATERFALL),
        },
      ],
    });
    this.#books = new CometBooks(this.market, this.journal);
    this.#losses = new CometLosses(this.market, this.deficits);
    this.#books.open(this.#last);
  }

  /** Every account absorbed so far: debt, credit, shortfall, and what it did to reserves. */
  get absorptions(): readonly Absorption[] {
    return this.#losses.absorptions;
  }

  observe(transaction: ChainTransaction): Observation {
    const { operations, findings, callsUsed } = this.read(transaction);
    return { operations, findings, callsUsed };
  }

  /** Observation with the outcomes behind it. */
  read(transaction: ChainTransaction): Reading {
    const { position } = transaction;
    if (position.timestamp < this.#last.timestamp) return this.#backwards(position);
    for (const { subject, price } of transaction.prices) {
      const slot = priceSlot(this.market, subject);
      if (slot !== undefined) this.market.state.prices[slot] = price;
    }
    this.#last = position;
    if (transaction.reverted) return NOTHING;
    const reading = readTransaction(this.market, transaction);
    for (const { outcome, logs } of reading.accepted) {
      this.#accept(
        outcome,
        position,
        logs.map((at) => transaction.logs[at]!.logIndex),
      );
    }
    return reading;
  }

  execute(call: RecordedCall, position: Position): Execution {
    const result = this.run(call, position);
    return "reason" in result
      ? { ok: false, reason: result.reason }
      : { ok: true, logs: result.outcomes.flatMap((outcome) => outcome.logs) };
  }

  /** Execution with the outcomes behind it. @throws {CometCallError} a malformed call; nothing is written. */
  run(
    call: RecordedCall,
    position: Position,
  ): { readonly outcomes: readonly Outcome[] } | { readonly reason: string } {
    const mark = this.market.state.mark();
    let outcomes: Outcome[];
    try {
      outcomes = runCall(this.market, call, position, EXECUTION);
    } catch (error) {
      this.market.state.rollback(mark);
      if (error instanceof CometRefusal) return { reason: error.reason };
      throw error;
    }
    this.market.state.commit();
    this.#last = position;
    let first = 0;
    for (const outcome of outcomes) {
      this.#accept(
        outcome,
        position,
        outcome.logs.map((_, at) => first + at),
      );
      first += outcome.logs.length;
    }
    return { outcomes };
  }

  /**
   * Takes over a recorded state; the journal says so. Accounts that were only guessed go back first, as the
   * record may not name them.
   *
   * @throws what `failure` makes for a malformed one; nothing is written then.
   */
  resynchronise(
    recorded: Fields,
    position: Position,
    failure: FieldFailure,
    guessed: readonly Settlement[] = [],
  ): void {
    const prices = recorded.has("prices") ? readPrices(recorded.object("prices"), this.market, failure) : [];
    loadState(this.market, recorded, failure, guessed);
    for (const [slot, price] of prices) this.market.state.prices[slot] = price;
    this.#books.resynchronise(position);
  }

  pools(): readonly PoolView[] {
    return [viewPool(this.market, this.#losses.realised)];
  }

  writeOffs(): readonly WriteOff[] {
    return this.#losses.writeOffs;
  }

  haircuts(writeOffId: string): readonly HaircutTable[] {
    return this.#losses.haircuts(writeOffId);
  }

  lossMoment(writeOffId: string): LossMoment {
    return this.#losses.momentOf(writeOffId);
  }

  liabilities(): readonly LiabilityTable[] {
    return [liabilitiesOf(this.market)];
  }

  nativeWaterfall(): WaterfallDefinition {
    return COMET_WATERFALL;
  }

  positions(pool: string): readonly BorrowerPosition[] {
    return pool === this.market.pool ? borrowerPositions(this.market) : [];
  }

  #accept(outcome: Outcome, position: Position, logIndices: readonly number[]): void {
    const anchor = anchorLog(outcome, logIndices);
    const at = anchor === undefined ? position : { ...position, logIndex: anchor };
    this.#books.post(outcome, at);
    this.#losses.record(outcome, at);
  }

  #backwards(position: Position): Reading {
    return {
      ...NOTHING,
      rejected: true,
      findings: [
        {
          class: "reordered-event",
          severity: "differs",
          message: `The transaction is at ${position.timestamp}, before the one at ${this.#last.timestamp}. Sort the history by block.`,
          position,
          pool: this.market.pool,
          field: "timestamp",
          reported: `${position.timestamp}`,
          recomputed: `at least ${this.#last.timestamp}`,
        },
      ],
    };
  }
}

const NOTHING: Reading = {
  accepted: [],
  operations: [],
  findings: [],
  callsUsed: 0,
  undetermined: false,
  guessed: [],
  rejected: false,
};

/** Index of the log that names an operation: AbsorbDebt for an absorb, else its first. */
function anchorLog(outcome: Outcome, logIndices: readonly number[]): number | undefined {
  const debt = outcome.logs.findIndex((log) => log.name === "AbsorbDebt");
  return logIndices[debt < 0 ? 0 : debt];
}

function readGenesis(header: HistoryHeader, market: CometMarket): Position {
  const failure: FieldFailure = (field, expected, received) => new HeaderError(field, expected, received);
  const root = new Fields(header);
  const genesis = root.object("genesis");
  const position = { block: genesis.integer("block"), timestamp: genesis.integer("timestamp") };
  const params = root.object("params");
  if (params.has("initialPrices")) {
    for (const [slot, price] of readPrices(params.object("initialPrices"), market, failure)) {
      market.state.prices[slot] = price;
    }
  }
  const recorded = genesis.object("state");
  loadState(market, recorded, failure);
  requireConsistent(market, recorded, BigInt(position.timestamp), failure);
  return position;
}

/** What follows from the opening state must be what the header says. */
function requireConsistent(market: CometMarket, recorded: Fields, time: bigint, failure: FieldFailure): void {
  const same = (fields: Fields, key: string, computed: unknown): void => {
    if (fields.raw(key) === undefined) return;
    const given = fields.raw(key);
    if (String(given) !== String(computed)) {
      throw failure(`${fields.path}.${key}`, String(computed), String(given));
    }
  };
  if (time < market.state.lastAccrualTime) {
    throw failure("genesis.timestamp", `at least ${market.state.lastAccrualTime}`, `${time}`);
  }
  const views = marketSnapshot(market, time);
  same(recorded, "utilization", views.utilization);
  same(recorded, "reserves", views.reserves);
  const accounts = recorded.object("accounts");
  for (const account of accounts.keys()) {
    const computed = accountSnapshot(market, account);
    for (const key of ["assetsIn", "reserved", "isLiquidatable"])
      same(accounts.object(account), key, computed[key]);
  }
  if (!recorded.has("prices")) return;
  const prices = recorded.object("prices");
  for (const [slot, price, token] of readPrices(prices, market, failure)) {
    market.state.prices[slot] ??= price;
    same(prices, token, market.state.prices[slot]);
  }
}

/** Prices by token, with the slot each belongs to. */
function readPrices(
  prices: Fields,
  market: CometMarket,
  failure: FieldFailure,
): (readonly [slot: number, price: bigint, token: string])[] {
  return prices.keys().map((token) => {
    const slot = priceSlot(market, token);
    if (slot === undefined) throw failure(prices.path, "tokens of the market", token);
    return [slot, prices.amount(token, true), token] as const;
  });
}
