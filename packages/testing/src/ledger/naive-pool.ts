import { NaiveBook, refuse } from "./naive-book.js";
import type { PoolSpec } from "./scenario.js";

export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const atLeastZero = (a: bigint): bigint => (a > 0n ? a : 0n);

/** What one layer took of a deficit. */
export interface NaivePart {
  layer: string;
  /** Position in the waterfall, or undefined for somebody who covered a carry. */
  index: number | undefined;
  taken: bigint;
  restored: bigint;
  /** Who is paid back, for a cover. */
  cover?: { kind: "payer" | "holder" | "fund" | "reserves"; id: string };
}

export interface NaiveLoss {
  readonly index: number;
  readonly assets: bigint;
}

export interface NaiveDeficit {
  readonly id: string;
  readonly borrower: string;
  readonly assets: bigint;
  status: "provisional" | "realised" | "reversed";
  readonly parts: NaivePart[];
  readonly firstUncovered: bigint;
  uncovered: bigint;
  recovered: bigint;
  excess: bigint;
  /** First run of the waterfall, to be undone by a reversal. */
  readonly losses: readonly NaiveLoss[];
  /** Shares of every holder of every class when the loss was taken. */
  readonly held: readonly Map<string, bigint>[];
  readonly indexBefore: readonly bigint[];
  readonly indexAfter: readonly bigint[];
  /** Loss of every holder, by class; dust under the empty name. */
  readonly haircuts: readonly Map<string, bigint>[];
}

/** One pool of the naive ledger. */
export class NaivePool {
  readonly spec: PoolSpec;
  readonly classes: NaiveBook[];
  readonly debt: NaiveBook;
  readonly funds = new Map<string, bigint>();
  readonly collateral = new Map<string, Map<string, bigint>>();
  readonly credited = new Map<string, bigint>();
  readonly deficits: NaiveDeficit[] = [];
  cash = 0n;
  reserves = 0n;
  treasury = 0n;
  carried = 0n;
  uncovered = 0n;
  /** Signed rounding, worked out at every step from what a rule made of an amount. */
  rounding = 0n;
  timestamp = 0;
  accruedAt = 0;

  constructor(spec: PoolSpec) {
    this.spec = spec;
    this.classes = spec.classes.map(({ rule }) => new NaiveBook(rule));
    this.debt = new NaiveBook(spec.debtRule);
    for (const { id } of spec.funds) this.funds.set(id, 0n);
    for (const { asset } of spec.collateral) this.collateral.set(asset, new Map());
  }

  get provision(): bigint {
    let sum = 0n;
    for (const deficit of this.deficits) if (deficit.status === "provisional") sum += deficit.assets;
    return sum;
  }

  provisionOf(borrower: string): bigint {
    let sum = 0n;
    for (const deficit of this.deficits) {
      if (deficit.status === "provisional" && deficit.borrower === borrower) sum += deficit.assets;
    }
    return sum;
  }

  get payable(): bigint {
    let sum = 0n;
    for (const amount of this.credited.values()) sum += amount;
    return sum;
  }

  classAt(id: string | undefined): number {
    if (id === undefined) return 0;
    const index = this.spec.classes.findIndex((entry) => entry.id === id);
    return index < 0 ? refuse("SF_UNKNOWN_ID") : index;
  }
}

export function freeInFund(pool: NaivePool, id: string): bigint {
  const balance = pool.funds.get(id) ?? refuse("SF_UNKNOWN_ID");
  return atLeastZero(balance - pool.spec.funds.find((fund) => fund.id === id)!.floor);
}

export function payOut(pool: NaivePool, assets: bigint): void {
  if (assets > pool.cash) refuse("SF_INSUFFICIENT_CASH");
  pool.cash -= assets;
}

export function credit(pool: NaivePool, account: string, assets: bigint): void {
  pool.credited.set(account, (pool.credited.get(account) ?? 0n) + assets);
}

export function move(
  pool: NaivePool,
  book: NaiveBook,
  account: string,
  assets: bigint,
  shares: bigint,
): void {
  const before = book.assets;
  book.move(account, assets, shares);
  pool.rounding += assets - (book.assets - before);
}

export function moveDebt(pool: NaivePool, account: string, assets: bigint, shares: bigint): void {
  const before = pool.debt.assets;
  pool.debt.move(account, assets, shares);
  pool.rounding += pool.debt.assets - before - assets;
}

export function revalue(pool: NaivePool, book: NaiveBook, assets: bigint): void {
  const before = book.assets;
  book.revalue(assets);
  pool.rounding += assets - (book.assets - before);
}

/** Debt shares that a payment cancels: all for all of the debt, else rounded down. */
export function cancelled(pool: NaivePool, account: string, owed: bigint, assets: bigint): bigint {
  const held = pool.debt.of(account);
  return assets === owed ? held : smaller(held, pool.debt.sharesOut(account, assets, false));
}

/** Undefined where all weights are 0. */
export function byLargestRemainder(amount: bigint, weights: readonly bigint[]): bigint[] | undefined {
  let total = 0n;
  for (const weight of weights) total += weight;
  if (total === 0n) return undefined;
  const parts = weights.map((weight) => (amount * weight) / total);
  const rests = weights.map((weight) => (amount * weight) % total);
  let left = amount;
  for (const part of parts) left -= part;
  for (; left > 0n; left -= 1n) {
    let largest = 0;
    rests.forEach((rest, index) => {
      if (rest > rests[largest]!) largest = index;
    });
    parts[largest]! += 1n;
    rests[largest] = -1n;
  }
  return parts;
}

export function copyBook(book: NaiveBook): NaiveBook {
  const copy = new NaiveBook(book.rule);
  copy.take(book);
  return copy;
}

export function copyPool(pool: NaivePool): NaivePool {
  const copy = new NaivePool(pool.spec);
  copy.classes.forEach((book, index) => {
    book.take(pool.classes[index]!);
  });
  copy.debt.take(pool.debt);
  for (const [id, balance] of pool.funds) copy.funds.set(id, balance);
  for (const [asset, rows] of pool.collateral) copy.collateral.set(asset, new Map(rows));
  for (const [account, assets] of pool.credited) copy.credited.set(account, assets);
  for (const deficit of pool.deficits) {
    copy.deficits.push({ ...deficit, parts: deficit.parts.map((part) => ({ ...part })) });
  }
  copy.cash = pool.cash;
  copy.reserves = pool.reserves;
  copy.treasury = pool.treasury;
  copy.carried = pool.carried;
  copy.uncovered = pool.uncovered;
  copy.rounding = pool.rounding;
  copy.timestamp = pool.timestamp;
  copy.accruedAt = pool.accruedAt;
  return copy;
}
