import { Book, type UndoLog } from "@shortfall/core";
import { Cells } from "./cells.js";
import { type ReserveParameters, readParameters } from "./configuration-word.js";

/** Names and addresses of one reserve; addresses lower case. */
export interface ReserveIdentity {
  readonly id: number;
  readonly symbol: string;
  readonly underlying: string;
  readonly aToken: string;
  readonly debtToken: string;
  readonly rateStrategy: string | undefined;
}

enum Slot {
  LiquidityIndex,
  BorrowIndex,
  LiquidityRate,
  BorrowRate,
  UpdatedAt,
  Treasury,
  Deficit,
  Virtual,
  Supply,
  Debt,
  Configuration,
  GraceUntil,
  ParkedLtv,
  Price,
  Optimal,
  Base,
  Slope1,
  Slope2,
  MintedLevel,
  Offset,
  Pending,
  InFlight,
  PriceKnown,
}

/** What golden files fund their users with, where they don't say otherwise. */
const DEFAULT_FUNDS = 1n << 200n;

/** One reserve: its storage words, both tokens' subsidiary ledgers, and its wallets. */
export class Reserve {
  readonly identity: ReserveIdentity;
  /** Scaled aToken balances by account. */
  readonly supplies: Book;
  /** Scaled debt balances by account. */
  readonly debts: Book;
  /** Index at which an aToken balance last changed. */
  readonly supplyIndexes: Cells;
  readonly debtIndexes: Cells;
  /** Interest accrued and unpaid by account; kept by debt tokens without virtual accounting (GHO up to 3.3). */
  readonly unpaidInterest: Cells;
  /** Wallets of the underlying, counted from each one's opening balance; the aToken's own is the real cash. */
  readonly wallets: Cells;
  /** Opening balance of each funded account's wallet. */
  openingFunds = DEFAULT_FUNDS;
  /** How much of an unlimited allowance the pool has used, by owner. */
  readonly pulled: Cells;
  readonly #cells: Cells;
  #parameters: ReserveParameters | undefined;
  #word = -1n;

  constructor(identity: ReserveIdentity, undo: UndoLog) {
    this.identity = identity;
    this.supplies = new Book(`${identity.symbol} aToken`, { undo });
    this.debts = new Book(`${identity.symbol} debt`, { undo });
    this.supplyIndexes = new Cells(undo);
    this.debtIndexes = new Cells(undo);
    this.unpaidInterest = new Cells(undo);
    this.wallets = new Cells(undo);
    this.pulled = new Cells(undo);
    this.#cells = new Cells(undo);
  }

  get id(): number {
    return this.identity.id;
  }

  get symbol(): string {
    return this.identity.symbol;
  }

  get parameters(): ReserveParameters {
    const word = this.configuration;
    if (this.#parameters === undefined || word !== this.#word) {
      this.#parameters = readParameters(word);
      this.#word = word;
    }
    return this.#parameters;
  }

  /** Units of one whole token. */
  get unit(): bigint {
    return 10n ** this.parameters.decimals;
  }

  get liquidityIndexRay(): bigint {
    return this.#cells.get(Slot.LiquidityIndex);
  }
  set liquidityIndexRay(value: bigint) {
    this.#cells.set(Slot.LiquidityIndex, value);
  }

  get borrowIndexRay(): bigint {
    return this.#cells.get(Slot.BorrowIndex);
  }
  set borrowIndexRay(value: bigint) {
    this.#cells.set(Slot.BorrowIndex, value);
  }

  get liquidityRateRay(): bigint {
    return this.#cells.get(Slot.LiquidityRate);
  }
  set liquidityRateRay(value: bigint) {
    this.#cells.set(Slot.LiquidityRate, value);
  }

  get borrowRateRay(): bigint {
    return this.#cells.get(Slot.BorrowRate);
  }
  set borrowRateRay(value: bigint) {
    this.#cells.set(Slot.BorrowRate, value);
  }

  /** Seconds since 1970 of the last accrual. */
  get updatedAtSeconds(): bigint {
    return this.#cells.get(Slot.UpdatedAt);
  }
  set updatedAtSeconds(value: bigint) {
    this.#cells.set(Slot.UpdatedAt, value);
  }

  /** Accrued to the treasury and not yet minted, in scaled aToken units. */
  get treasuryScaled(): bigint {
    return this.#cells.get(Slot.Treasury);
  }
  set treasuryScaled(value: bigint) {
    this.#cells.set(Slot.Treasury, value);
  }

  /** Written-off debt not yet covered. Bears no interest. */
  get deficitAssets(): bigint {
    return this.#cells.get(Slot.Deficit);
  }
  set deficitAssets(value: bigint) {
    this.#cells.set(Slot.Deficit, value);
  }

  /** Cash as the pool counts it: donations are not in it. */
  get virtualAssets(): bigint {
    return this.#cells.get(Slot.Virtual);
  }
  set virtualAssets(value: bigint) {
    this.#cells.set(Slot.Virtual, value);
  }

  get supplyScaled(): bigint {
    return this.#cells.get(Slot.Supply);
  }
  set supplyScaled(value: bigint) {
    this.#cells.set(Slot.Supply, value);
  }

  get debtScaled(): bigint {
    return this.#cells.get(Slot.Debt);
  }
  set debtScaled(value: bigint) {
    this.#cells.set(Slot.Debt, value);
  }

  /** Raw configuration word. */
  get configuration(): bigint {
    return this.#cells.get(Slot.Configuration);
  }
  set configuration(value: bigint) {
    this.#cells.set(Slot.Configuration, value);
  }

  /** Liquidations are blocked up to and including this second. */
  get graceUntilSeconds(): bigint {
    return this.#cells.get(Slot.GraceUntil);
  }
  set graceUntilSeconds(value: bigint) {
    this.#cells.set(Slot.GraceUntil, value);
  }

  /** Loan-to-value parked while the reserve is frozen. */
  get parkedLtvBps(): bigint {
    return this.#cells.get(Slot.ParkedLtv);
  }
  set parkedLtvBps(value: bigint) {
    this.#cells.set(Slot.ParkedLtv, value);
  }

  /** Oracle price, base currency with 8 decimals. */
  get priceBase(): bigint {
    return this.#cells.get(Slot.Price);
  }
  set priceBase(value: bigint) {
    this.#cells.set(Slot.Price, value);
  }

  /**
   * Whether the price is the one in force: set by an event or a source, or by a golden file, whose oracle says
   * every change. Elsewhere a header's price is only where it started.
   */
  get priceKnown(): boolean {
    return this.#cells.get(Slot.PriceKnown) !== 0n;
  }
  set priceKnown(known: boolean) {
    this.#cells.set(Slot.PriceKnown, known ? 1n : 0n);
  }

  get optimalUsageBps(): bigint {
    return this.#cells.get(Slot.Optimal);
  }
  set optimalUsageBps(value: bigint) {
    this.#cells.set(Slot.Optimal, value);
  }

  get baseRateBps(): bigint {
    return this.#cells.get(Slot.Base);
  }
  set baseRateBps(value: bigint) {
    this.#cells.set(Slot.Base, value);
  }

  get slope1Bps(): bigint {
    return this.#cells.get(Slot.Slope1);
  }
  set slope1Bps(value: bigint) {
    this.#cells.set(Slot.Slope1, value);
  }

  get slope2Bps(): bigint {
    return this.#cells.get(Slot.Slope2);
  }
  set slope2Bps(value: bigint) {
    this.#cells.set(Slot.Slope2, value);
  }

  /** What this pool has minted of an asset that it issues itself (GHO's facilitator level). */
  get mintedLevelAssets(): bigint {
    return this.#cells.get(Slot.MintedLevel);
  }
  set mintedLevelAssets(value: bigint) {
    this.#cells.set(Slot.MintedLevel, value);
  }

  /** Umbrella: deficit that stakers never pay for. */
  get offsetAssets(): bigint {
    return this.#cells.get(Slot.Offset);
  }
  set offsetAssets(value: bigint) {
    this.#cells.set(Slot.Offset, value);
  }

  /** Umbrella: deficit that stakers were slashed for and that is not yet burned. */
  get pendingAssets(): bigint {
    return this.#cells.get(Slot.Pending);
  }
  set pendingAssets(value: bigint) {
    this.#cells.set(Slot.Pending, value);
  }

  /** Lent out in flash loans that are not yet back. */
  get inFlightAssets(): bigint {
    return this.#cells.get(Slot.InFlight);
  }
  set inFlightAssets(value: bigint) {
    this.#cells.set(Slot.InFlight, value);
  }
}
