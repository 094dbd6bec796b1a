import { requireUint128 } from "@shortfall/math";
import type { AccountTable } from "../accounts.js";
import type { Book } from "../book.js";
import type { Posting } from "../journal/entry.js";
import type { WaterfallState } from "../waterfall/waterfall.js";
import {
  AccountNameError,
  AmountError,
  InsufficientBalanceError,
  InsufficientCashError,
  PositionError,
  TimeOrderError,
} from "./errors.js";
import type { Pool, PoolTotals } from "./pool.js";
import type { ShareState } from "./share-rule.js";

/**
 * An action worked out in full before anything is written. Totals change in the pool's other buffer, rows wait
 * in a list; a refusal throws and leaves no trace.
 *
 * The entry's postings are the differences of the control totals, so that the journal agrees with the totals
 * by construction; that they sum to zero is what the journal checks.
 */
export class Draft {
  readonly pool: Pool;
  readonly next: PoolTotals;
  readonly #accounts: AccountTable;
  readonly #action: string;
  /** Accounts not seen before, with the ids they will get. */
  readonly #newAccounts = new Map<string, number>();
  readonly #rows = new Map<Book, Map<number, bigint>>();
  readonly #afterwards: ((sequence: number) => void)[] = [];
  #checkpoint = false;
  #waterfallState: WaterfallState | undefined;

  constructor(pool: Pool, accounts: AccountTable, action: string) {
    this.pool = pool;
    this.next = pool.scratch;
    this.next.copyFrom(pool.totals);
    this.#accounts = accounts;
    this.#action = action;
  }

  /**
   * Id of an account. A new one is interned only when the draft is committed.
   *
   * @throws {AccountNameError} plain JavaScript left the account out, or gave something else.
   */
  account(key: string): number {
    if (typeof key !== "string" || key === "") throw new AccountNameError(this.#action, describe(key));
    const known = this.#accounts.find(key);
    if (known !== undefined) return known;
    const pending = this.#newAccounts.get(key);
    if (pending !== undefined) return pending;
    const id = this.#accounts.size + this.#newAccounts.size;
    this.#newAccounts.set(key, id);
    return id;
  }

  /** A row as it will be. */
  get(book: Book, id: number): bigint {
    return this.#rows.get(book)?.get(id) ?? book.get(id);
  }

  /** @throws {OutOfRangeError} the row would not fit its column. */
  add(book: Book, id: number, amount: bigint): void {
    if (amount === 0n) return;
    let rows = this.#rows.get(book);
    if (!rows) {
      rows = new Map();
      this.#rows.set(book, rows);
    }
    const value = (rows.get(id) ?? book.get(id)) + amount;
    rows.set(id, requireUint128(value, `A row of "${book.name}" after "${this.#action}"`));
  }

  /** @throws {InsufficientBalanceError} */
  take(book: Book, key: string, amount: bigint, quantity: string): void {
    const id = this.account(key);
    const held = this.get(book, id);
    if (held < amount) throw new InsufficientBalanceError(this.pool.id, quantity, key, held, amount);
    this.add(book, id, -amount);
  }

  /** Cash in (positive) or out. @throws {InsufficientCashError} */
  cash(amount: bigint): void {
    if (this.next.cash + amount < 0n) throw new InsufficientCashError(this.pool.id, this.next.cash, -amount);
    this.next.cash += amount;
  }

  /** Assets and shares come into a class (positive) or leave it. What its rule makes of them goes to dust. */
  moveClass(index: number, assets: bigint, shares: bigint): void {
    const { shareRule } = this.pool.definition.classes[index]!;
    this.#class(index, shareRule.move(this.next.classes[index]!, assets, shares), assets);
  }

  /** A class's shares become worth more or less. */
  revalueClass(index: number, assets: bigint): void {
    const { shareRule } = this.pool.definition.classes[index]!;
    this.#class(index, shareRule.revalue(this.next.classes[index]!, assets), assets);
  }

  /** Puts a class into a state in which it should be worth `assets` more or less. */
  setClass(index: number, state: ShareState, assets: bigint): void {
    this.#class(index, state, assets);
  }

  #class(index: number, state: ShareState, assets: bigint): void {
    this.next.rounding += assets - (state.assets - this.next.classes[index]!.assets);
    this.next.classes[index] = state;
  }

  /** Debt grows or shrinks by an amount; what its rule makes of it goes to dust. */
  moveDebt(assets: bigint, shares: bigint): void {
    const state = this.pool.definition.debtRule.move(this.next.debt, assets, shares);
    this.next.rounding += state.assets - this.next.debt.assets - assets;
    this.next.debt = state;
  }

  /** Fund tokens in or out, with shares where the fund has holders. */
  moveFund(index: number, assets: bigint, shares: bigint): void {
    const fund = this.pool.definition.funds[index]!;
    const held = this.next.funds[index]!;
    const state = fund.shareRule
      ? fund.shareRule.move(held, assets, shares)
      : { shares: 0n, assets: held.assets + assets, index: 0n };
    if (state.assets < 0n)
      throw new InsufficientBalanceError(
        this.pool.id,
        `tokens in fund "${fund.id}"`,
        fund.id,
        held.assets,
        -assets,
      );
    this.next.funds[index] = state;
  }

  /** Opens an epoch before the rows are written; its number. */
  checkpoint(): number {
    this.#checkpoint = true;
    return this.pool.epochs.length;
  }

  /** The waterfall's state as it will be. */
  get waterfallState(): WaterfallState {
    return this.#waterfallState ?? this.pool.waterfallState;
  }

  setWaterfallState(state: WaterfallState): void {
    this.#waterfallState = state;
  }

  /** Something that cannot fail, to be done with the writes. It is told the entry's sequence. */
  afterwards(write: (sequence: number) => void): void {
    this.#afterwards.push(write);
  }

  /** @throws {AmountError} not positive. */
  requirePositive(field: string, value: bigint): bigint {
    // Callers without types may pass a number, which bigint arithmetic would refuse less plainly.
    if (typeof value !== "bigint") throw new AmountError(this.#action, field, value, "a bigint, such as 5n");
    if (value <= 0n) throw new AmountError(this.#action, field, value, "a positive amount of base units");
    return value;
  }

  /** @throws {PositionError} not a whole number of seconds. @throws {TimeOrderError} */
  requireTime(timestamp: number): void {
    if (!Number.isSafeInteger(timestamp)) throw new PositionError(this.pool.id, "timestamp", timestamp);
    if (timestamp < this.pool.timestamp)
      throw new TimeOrderError(this.pool.id, this.pool.timestamp, timestamp);
  }

  /** The entry's postings: how each control total moved. */
  postings(): Posting[] {
    const { id: pool, totals, controls } = this.pool;
    const postings: Posting[] = [];
    for (const control of controls) {
      const amount = control.of(this.next) - control.of(totals);
      if (amount !== 0n) {
        postings.push({ pool, account: control.account, commodity: control.commodity, amount });
      }
    }
    return postings;
  }

  /** Writes everything. Nothing in it can fail: rows were range-checked, postings are in the journal. */
  write(timestamp: number, sequence: number): void {
    const { pool } = this;
    for (const key of this.#newAccounts.keys()) this.#accounts.intern(key);
    if (this.#checkpoint) pool.checkpoint();
    for (const [book, rows] of this.#rows) for (const [id, value] of rows) book.set(id, value);
    pool.scratch = pool.totals;
    pool.totals = this.next;
    pool.timestamp = timestamp;
    if (this.#waterfallState) pool.waterfallState = this.#waterfallState;
    for (const write of this.#afterwards) write(sequence);
  }
}

const describe = (value: unknown): string =>
  value === "" ? "an empty one" : value === undefined ? "nothing" : String(value);
