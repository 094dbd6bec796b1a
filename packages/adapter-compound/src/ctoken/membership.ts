import type { Restorable, UndoLog } from "@shortfall/core";

/** Digit 0 ends a list, so a market's number is stored plus one. */
const BASE = 1n << 16n;

/**
 * Which markets each account has entered, in the order the Comptroller keeps them: new ones at the end, the
 * last one moved into the hole of one that is left.
 *
 * Liquidity sums run in this order, and their roundings depend on it. A list is one integer of 16-bit digits,
 * so the undo log can hold it.
 */
export class Memberships implements Restorable {
  readonly #undo: UndoLog;
  readonly #lists = new Map<number, readonly number[]>();

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  /** Indices of the markets that `account` has entered. */
  of(account: number): readonly number[] {
    return this.#lists.get(account) ?? [];
  }

  has(account: number, market: number): boolean {
    return this.of(account).includes(market);
  }

  /** Whether the market was new to the account. */
  enter(account: number, market: number): boolean {
    const list = this.of(account);
    if (list.includes(market)) return false;
    this.#set(account, [...list, market]);
    return true;
  }

  /** Whether the account was in the market. */
  leave(account: number, market: number): boolean {
    const list = [...this.of(account)];
    const at = list.indexOf(market);
    if (at < 0) return false;
    const last = list.pop();
    if (last !== undefined && at < list.length) list[at] = last;
    this.#set(account, list);
    return true;
  }

  restore(account: number, packed: bigint): void {
    const list: number[] = [];
    for (let rest = packed; rest !== 0n; rest /= BASE) list.push(Number(rest % BASE) - 1);
    this.#lists.set(account, list);
  }

  #set(account: number, list: readonly number[]): void {
    const packed = this.of(account).reduceRight((rest, market) => rest * BASE + BigInt(market + 1), 0n);
    this.#undo.record(this, account, packed);
    this.#lists.set(account, list);
  }
}
