import {
  type ChainTransaction,
  DeficitRegister,
  type Execution,
  type HaircutTable,
  type HistoryHeader,
  type Journal,
  type LiabilityTable,
  type LossMoment,
  type Observation,
  type Position,
  type ProtocolAdapter,
  type ProtocolModel,
  type RecordedCall,
  type WaterfallDefinition,
  type WriteOff,
} from "@shortfall/core";
import { Bookkeeping } from "./bookkeeping.js";
import { MarketCallError } from "./call.js";
import type { Family } from "./family.js";
import { impliedHaircut, lossMoment } from "./haircuts.js";
import { type InsolventAccount, insolventAccounts } from "./insolvency.js";
import { type InsolvencyMark, InsolvencyMarks } from "./insolvency-marks.js";
import type { Market } from "./market.js";
import { NativeWaterfall } from "./native-waterfall.js";
import { type Accepted, observeTransaction } from "./observer.js";
import { RecognisedDeficits } from "./recognised-deficits.js";
import { MarketRefusal } from "./refusal.js";
import { Step } from "./step.js";
import { type CTokenPoolView, liabilitiesOf, poolViews } from "./view.js";

/** What an accepted observation or simulation consisted of, for whoever checks recorded lines. */
export interface Outcome<O> {
  readonly observation: Observation;
  readonly accepted: readonly Accepted<O>[];
}

/** An adapter whose model also tells of insolvent accounts and implied haircuts. */
export interface CTokenAdapter<O extends { readonly kind: string }> extends ProtocolAdapter {
  open(header: HistoryHeader): CTokenModel<O>;
}

/** A pool of cToken-style markets under re-execution. */
export class CTokenModel<O extends { readonly kind: string }> implements ProtocolModel {
  readonly protocol: string;
  readonly version: string;
  readonly deficits = new DeficitRegister();
  readonly family: Family<O>;
  readonly #books: Bookkeeping<O>;
  readonly #waterfall: NativeWaterfall;
  readonly #marks: InsolvencyMarks;
  readonly #recognised: RecognisedDeficits;
  /** Markets whose bad debt moved in the transaction under way. */
  readonly #touched: { readonly market: Market }[] = [];

  constructor(family: Family<O>, opening: Position) {
    this.family = family;
    this.protocol = family.protocol;
    this.version = family.version;
    this.#books = new Bookkeeping(family);
    this.#waterfall = new NativeWaterfall(family.pool, family.waterfall);
    const own = family.recognisedBy === "none";
    this.#marks = new InsolvencyMarks(
      family.pool,
      own ? this.deficits : undefined,
      this.#waterfall,
      family.seizesEnteredOnly,
    );
    this.#recognised = new RecognisedDeficits(family.pool, this.deficits, this.#waterfall);
    this.#books.open(opening);
    this.#recognised.open(opening);
    this.#marks.open(opening);
    family.pool.undo.clear();
  }

  get journal(): Journal {
    return this.#books.journal;
  }

  observe(transaction: ChainTransaction): Observation {
    return this.observeInFull(transaction).observation;
  }

  /** As `observe`, with the operations and their steps. */
  observeInFull(transaction: ChainTransaction): Outcome<O> {
    if (transaction.reverted) {
      return { observation: { operations: [], findings: [], callsUsed: 0 }, accepted: [] };
    }
    const { accepted, findings } = observeTransaction(this.family, transaction);
    for (const each of accepted) {
      this.#keep(each.step, transaction.position, (log) => {
        const position = each.positions[log];
        return position === undefined ? undefined : transaction.logs[position]?.logIndex;
      });
    }
    this.family.pool.undo.clear();
    if (accepted.length > 0) this.#books.requirePurses("observation");
    this.#requireCarried();
    return {
      observation: {
        operations: accepted.map((each) => ({
          kind: each.kind,
          pool: poolOf(each, this.family.pool.comptroller),
          logs: each.positions.filter((position) => position >= 0),
          comparisons: each.comparisons,
        })),
        findings,
        callsUsed: 0,
      },
      accepted,
    };
  }

  execute(call: RecordedCall, position: Position): Execution {
    const operation = this.family.call(
      call,
      (field, expected, received) => new MarketCallError(field, expected, received),
    );
    return this.run(operation, position);
  }

  /** Simulates an operation; keeps it if the contracts would. */
  run(operation: O, position: Position): Execution {
    const { undo } = this.family.pool;
    const mark = undo.mark();
    const step = new Step(this.family.pool, this.family.slotOf(position), true);
    try {
      this.family.perform(operation, step);
      step.finish(this.family.seizesEnteredOnly);
    } catch (error) {
      undo.rollback(mark);
      if (!(error instanceof MarketRefusal)) throw error;
      return { ok: false, reason: error.reason };
    }
    this.#keep(step, position, (log) => log);
    undo.clear();
    this.#books.requirePurses(operation.kind);
    this.#requireCarried();
    return { ok: true, logs: step.logs };
  }

  pools(): readonly CTokenPoolView[] {
    return poolViews(this.family.pool, this.family.seizesEnteredOnly, {
      writtenOff: this.#recognised.writtenOff(),
      phantomInterest: this.#marks.phantomInterest(),
    });
  }

  /** Accounts that owe more than their collateral is worth at the last prices, with both measures of loss. */
  insolvency(): readonly InsolventAccount[] {
    return insolventAccounts(this.family.pool);
  }

  /** Debts marked as not covered when last touched, and not taken back since. */
  insolvencyMarks(): readonly InsolvencyMark[] {
    return this.#marks.standing();
  }

  writeOffs(): readonly WriteOff[] {
    return this.family.recognisedBy === "contract" ? this.#recognised.writeOffs() : this.#marks.writeOffs();
  }

  /** Nobody's claim is written down in these protocols: the loss is carried. See `impliedHaircuts`. */
  haircuts(writeOffId: string): readonly HaircutTable[] {
    this.#lossOf(writeOffId);
    return [];
  }

  /** What each supplier would lose of a write-off if all bore it alike, by the share tokens held then. */
  impliedHaircuts(writeOffId: string): readonly HaircutTable[] {
    const { market, epoch, amountAssets } = this.#lossOf(writeOffId);
    return [impliedHaircut(this.family.pool, writeOffId, market, epoch, amountAssets)];
  }

  lossMoment(writeOffId: string): LossMoment | undefined {
    const { market, epoch, facts } = this.#lossOf(writeOffId);
    return facts && lossMoment(this.family.pool, market, epoch, facts);
  }

  liabilities(): readonly LiabilityTable[] {
    return liabilitiesOf(this.family.pool);
  }

  nativeWaterfall(): WaterfallDefinition {
    return this.family.waterfall;
  }

  #lossOf(id: string) {
    const recognised = this.#recognised.find(id);
    if (recognised) return recognised;
    // Unknown ids are refused by the register, by name.
    this.deficits.get(id);
    const mark = this.#marks.find(id);
    if (!mark) throw new RangeError(`Write-off "${id}" is not of this model.`);
    return { market: mark.market, epoch: mark.epoch, amountAssets: mark.grossAssets, facts: mark.facts };
  }

  #keep(step: Step, position: Position, logIndexOf: (log: number) => number | undefined): void {
    this.#books.post(step, position);
    this.#recognised.note(step, position, logIndexOf);
    this.#marks.note(step, position);
    this.#touched.push(...step.recognised, ...step.covered);
  }

  /** After all operations of a transaction: the waterfall must carry what the contracts do. */
  #requireCarried(): void {
    for (const { market } of this.#touched) this.#waterfall.requireCarried(market, market.badDebt);
    this.#touched.length = 0;
  }
}

function poolOf<O>(accepted: Accepted<O>, fallback: string): string {
  const { operation } = accepted;
  if (typeof operation === "object" && operation !== null && "market" in operation) {
    const { market } = operation;
    if (typeof market === "object" && market !== null && "token" in market) return String(market.token);
  }
  return fallback;
}
