import { Book, type Epoch } from "../book.js";
import { CHART } from "../chart.js";
import { ControlMismatchError } from "../errors.js";
import type { LossEffect } from "../ports/policy.js";
import { openWaterfallState, type Waterfall, type WaterfallState } from "../waterfall/waterfall.js";
import type { ResolvedDefinition } from "./definition.js";
import { UnknownIdError } from "./errors.js";
import type { ShareState } from "./share-rule.js";

/** Every total of a pool. What the journal's control accounts must show. */
export class PoolTotals {
  cash = 0n;
  reserves = 0n;
  treasury = 0n;
  /** Deficits kept as an asset: carried, or behind a mark. */
  carried = 0n;
  /** Provisional write-offs of debt that is still owed. */
  provision = 0n;
  payable = 0n;
  charges = 0n;
  uncovered = 0n;
  /** Rounding gained so far; negative where more was given. */
  rounding = 0n;
  debt: ShareState;
  readonly classes: ShareState[];
  /** Of each class's claim, what marks hold back from the exit price. */
  readonly marked: bigint[];
  readonly funds: ShareState[];
  readonly collateral: bigint[];

  constructor(definition: ResolvedDefinition) {
    this.debt = definition.debtRule.open();
    this.classes = definition.classes.map((entry) => entry.shareRule.open());
    this.marked = definition.classes.map(() => 0n);
    this.funds = definition.funds.map(() => ({ shares: 0n, assets: 0n, index: 0n }));
    this.collateral = definition.collateral.map(() => 0n);
  }

  copyFrom(other: PoolTotals): void {
    this.cash = other.cash;
    this.reserves = other.reserves;
    this.treasury = other.treasury;
    this.carried = other.carried;
    this.provision = other.provision;
    this.payable = other.payable;
    this.charges = other.charges;
    this.uncovered = other.uncovered;
    this.rounding = other.rounding;
    this.debt = other.debt;
    copyInto(this.classes, other.classes);
    copyInto(this.marked, other.marked);
    copyInto(this.funds, other.funds);
    copyInto(this.collateral, other.collateral);
  }
}

function copyInto<T>(target: T[], source: readonly T[]): void {
  for (let k = 0; k < source.length; k++) target[k] = source[k]!;
}

/** A control account and the total it must equal, debit positive. */
export interface Control {
  readonly account: string;
  readonly commodity: string;
  of(totals: PoolTotals): bigint;
}

/** A class's or fund's holders and totals as they were. */
export interface Snapshot {
  readonly book: Book;
  readonly epoch: Epoch;
  readonly state: ShareState;
}

/** Everything an epoch of a pool remembers. */
export interface PoolEpoch {
  readonly classes: readonly Snapshot[];
  readonly funds: readonly Snapshot[];
}

/** What a write-off did, kept so that it can be reversed, recovered, and written out by holder. */
export interface WriteOffDetail {
  readonly deficit: string;
  /** Of its entry in the journal. */
  readonly sequence: number;
  readonly borrower: string;
  readonly assets: bigint;
  readonly epoch: number;
  /** What each layer did; what layers below a carry did later is appended. */
  readonly layers: readonly {
    /** Position in the waterfall. */
    readonly index: number;
    readonly layer: string;
    /** Weighs this layer's part. */
    readonly epoch: number;
    readonly effects: readonly LossEffect[];
  }[];
  /** Claims of the classes right before and after, to put an unmoved index back exactly. */
  readonly before: readonly ShareState[];
  readonly after: readonly ShareState[];
  /** Policy states before and after: a layer whose state moved since cannot be reversed. */
  readonly stateBefore: WaterfallState;
  readonly stateAfter: WaterfallState;
  readonly uncovered: bigint;
}

/** One pool's books, totals and waterfall state. Only the ledger writes to it. */
export class Pool {
  readonly definition: ResolvedDefinition;
  readonly waterfall: Waterfall;
  /** By class. Replaced when a class is retired; epochs keep the old one. */
  readonly books: Book[];
  readonly debt: Book;
  readonly collateral: readonly Book[];
  readonly fundBooks: readonly Book[];
  readonly payable: Book;
  readonly charges: Book;
  readonly epochs: PoolEpoch[] = [];
  readonly writeOffs = new Map<string, WriteOffDetail>();
  /** Provisional write-offs by borrower: Σ is `totals.provision`. */
  readonly provisions = new Map<number, bigint>();
  readonly controls: readonly Control[];
  totals: PoolTotals;
  /** The other buffer; a draft works in it. */
  scratch: PoolTotals;
  waterfallState: WaterfallState;
  timestamp: number;
  accruedAt: number;
  deficitRealised = 0n;
  deficitCount = 0;
  /** Position of each class by id. */
  readonly classPositions: ReadonlyMap<string, number>;
  readonly #fundIndex: ReadonlyMap<string, number>;
  readonly #collateralIndex: ReadonlyMap<string, number>;

  constructor(definition: ResolvedDefinition, waterfall: Waterfall, timestamp: number) {
    this.definition = definition;
    this.waterfall = waterfall;
    this.waterfallState = openWaterfallState(waterfall);
    this.timestamp = timestamp;
    this.accruedAt = timestamp;
    this.totals = new PoolTotals(definition);
    this.scratch = new PoolTotals(definition);
    this.books = definition.classes.map((entry) => new Book(`${definition.id}/shares/${entry.id}`));
    this.debt = new Book(`${definition.id}/debt`);
    this.collateral = definition.collateral.map(
      (entry) => new Book(`${definition.id}/collateral/${entry.asset}`),
    );
    this.fundBooks = definition.funds.map((entry) => new Book(`${definition.id}/fund/${entry.id}`));
    this.payable = new Book(`${definition.id}/recoveries`);
    this.charges = new Book(`${definition.id}/charges`);
    this.classPositions = positions(definition.classes.map((entry) => entry.id));
    this.#fundIndex = positions(definition.funds.map((entry) => entry.id));
    this.#collateralIndex = positions(definition.collateral.map((entry) => entry.asset));
    this.controls = poolControls(definition);
  }

  get id(): string {
    return this.definition.id;
  }

  /** Position of a class; the first where none is named. @throws {UnknownIdError} */
  classIndex(id: string | undefined): number {
    return id === undefined ? 0 : found("class", id, this.classPositions);
  }

  /** @throws {UnknownIdError} */
  fundIndex(id: string): number {
    return found("fund", id, this.#fundIndex);
  }

  /** @throws {UnknownIdError} */
  collateralIndex(asset: string): number {
    return found("collateral", asset, this.#collateralIndex);
  }

  /** @throws {UnknownIdError} */
  writeOff(deficit: string): WriteOffDetail {
    const detail = this.writeOffs.get(deficit);
    if (!detail) throw new UnknownIdError("deficit", deficit, [...this.writeOffs.keys()]);
    return detail;
  }

  /** @throws {UnknownIdError} */
  epoch(epoch: number): PoolEpoch {
    const record = this.epochs[epoch];
    if (!record) {
      throw new UnknownIdError(
        "epoch",
        String(epoch),
        this.epochs.map((_, index) => String(index)),
      );
    }
    return record;
  }

  /**
   * Checks that the rows of every book sum to the total they stand for.
   *
   * @throws {ControlMismatchError}
   */
  requireBooks(entry: string): void {
    const { totals, definition } = this;
    const check = (book: Book, total: bigint, unit: string) => {
      if (book.sum !== total)
        throw new ControlMismatchError(this.id, book.name, unit, book.sum, total, entry);
    };
    this.books.forEach((book, index) => {
      check(book, totals.classes[index]!.shares, "shares");
    });
    this.fundBooks.forEach((book, index) => {
      check(book, totals.funds[index]!.shares, "shares");
    });
    this.collateral.forEach((book, index) => {
      check(book, totals.collateral[index]!, definition.collateral[index]!.asset);
    });
    check(this.debt, totals.debt.shares, "debt shares");
    check(this.payable, totals.payable, definition.asset);
    check(this.charges, totals.charges, definition.asset);
    let provisions = 0n;
    for (const amount of this.provisions.values()) provisions += amount;
    if (provisions !== totals.provision) {
      throw new ControlMismatchError(
        this.id,
        "provisions by borrower",
        definition.asset,
        provisions,
        totals.provision,
        entry,
      );
    }
  }

  /** Opens an epoch in every book that a loss can be weighed by. */
  checkpoint(): number {
    const snapshot = (book: Book, state: ShareState): Snapshot => ({ book, epoch: book.checkpoint(), state });
    this.epochs.push({
      classes: this.books.map((book, index) => snapshot(book, this.totals.classes[index]!)),
      funds: this.fundBooks.map((book, index) => snapshot(book, this.totals.funds[index]!)),
    });
    return this.epochs.length - 1;
  }
}

const positions = (ids: readonly string[]): ReadonlyMap<string, number> =>
  new Map(ids.map((id, index) => [id, index]));

function found(what: string, id: string, index: ReadonlyMap<string, number>): number {
  const at = index.get(id);
  if (at === undefined) throw new UnknownIdError(what, id, [...index.keys()]);
  return at;
}

function poolControls(definition: ResolvedDefinition): Control[] {
  const { asset } = definition;
  const inAsset = (account: string, of: (totals: PoolTotals) => bigint): Control => ({
    account,
    commodity: asset,
    of,
  });
  return [
    inAsset(CHART.cash, (totals) => totals.cash),
    inAsset(CHART.loans, (totals) => totals.debt.assets),
    inAsset(CHART.provision, (totals) => -totals.provision),
    inAsset(CHART.deficit, (totals) => totals.carried),
    inAsset(CHART.charges, (totals) => totals.charges),
    ...definition.classes.map((entry, index) =>
      inAsset(CHART.suppliers(entry.id), (totals) => -totals.classes[index]!.assets),
    ),
    inAsset(CHART.payable, (totals) => -totals.payable),
    inAsset(CHART.treasury, (totals) => -totals.treasury),
    inAsset(CHART.reserves, (totals) => -totals.reserves),
    inAsset(CHART.rounding(definition.dustOwner), (totals) => -totals.rounding),
    inAsset(CHART.writeOff, (totals) => totals.uncovered),
    ...definition.funds.flatMap((fund, index): Control[] => [
      { account: CHART.fund(fund.id), commodity: fund.asset, of: (totals) => totals.funds[index]!.assets },
      {
        account: CHART.insurance(fund.id),
        commodity: fund.asset,
        of: (totals) => -totals.funds[index]!.assets,
      },
    ]),
    ...definition.collateral.flatMap((entry, index): Control[] => [
      { account: CHART.collateral, commodity: entry.asset, of: (totals) => totals.collateral[index]! },
      { account: CHART.posted, commodity: entry.asset, of: (totals) => -totals.collateral[index]! },
    ]),
  ];
}
