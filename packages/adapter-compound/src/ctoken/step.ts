import type { PredictedLog } from "@shortfall/core";
import { add, subtract } from "./arithmetic.js";
import { type Assessment, assess } from "./insolvency.js";
import type { Market } from "./market.js";
import type { Asset, Pool } from "./pool.js";
import type { Purse } from "./purse.js";
import { MarketRefusal, refuseText } from "./refusal.js";

/** Totals of a market at a moment: what the journal's control accounts must then say. */
export interface MarketTotals {
  readonly market: Market;
  readonly cash: bigint;
  readonly totalBorrows: bigint;
  readonly totalReserves: bigint;
  readonly totalSupply: bigint;
  readonly badDebt: bigint;
  readonly reserveFactorWad: bigint;
}

/** A part of an operation that the journal posts as one entry. */
export interface Segment {
  readonly kind: string;
  readonly account: string | undefined;
  /** Its logs among the predicted ones: first, and one past the last. */
  readonly from: number;
  readonly to: number;
  readonly totals: readonly MarketTotals[];
  /** Tokens that no log announced, found by the cash an accrual reports. */
  readonly hidden: bigint;
}

/** Bad debt recognised by the contract. `log` is the position of its event among the predicted logs. */
export interface Recognition {
  readonly market: Market;
  readonly account: number;
  readonly amountAssets: bigint;
  readonly log: number;
}

/** Bad debt covered by an auction. */
export interface Coverage {
  readonly market: Market;
  readonly amountAssets: bigint;
}

/**
 * One operation under way: the state it works on, its time, and what it has logged so far.
 *
 * `guarded` is whether conditions that depend on prices refuse. A simulation refuses; an observer knows that
 * the call went through and only notes the doubt.
 */
export class Step {
  readonly pool: Pool;
  /** Block number or second, whichever the protocol counts interest in. */
  readonly slot: bigint;
  readonly guarded: boolean;
  readonly logs: PredictedLog[] = [];
  readonly segments: Segment[] = [];
  readonly recognised: Recognition[] = [];
  readonly covered: Coverage[] = [];
  /** Accounts whose debt or collateral moved. */
  readonly accounts = new Set<number>();
  /** Interest-free changes of debts, by account and market: borrowed less repaid and written off. */
  readonly debtMoves: { readonly account: number; readonly market: Market; readonly assets: bigint }[] = [];
  /** How those accounts stood when the operation was done. */
  assessments: readonly Assessment[] = [];
  /** What prices say against what was observed. */
  readonly doubts: string[] = [];
  readonly #touched = new Set<Market>();
  #sealed = 0;

  constructor(pool: Pool, slot: bigint, guarded: boolean) {
    this.pool = pool;
    this.slot = slot;
    this.guarded = guarded;
  }

  emit(address: string, name: string, args: PredictedLog["args"]): void {
    this.logs.push({ address, name, args });
  }

  /** Notes that a market's totals may have moved. */
  touch(market: Market): void {
    this.#touched.add(market);
  }

  /** Runs a condition that depends on prices. Where not guarded, a refusal becomes a doubt. */
  check(condition: () => void): void {
    if (this.guarded) {
      condition();
      return;
    }
    try {
      condition();
    } catch (error) {
      if (!(error instanceof MarketRefusal)) throw error;
      this.doubts.push(`at the known prices the contract refuses with ${error.reason}`);
    }
  }

  /**
   * What a price formula gives, or what was observed in its place. A difference is a doubt.
   *
   * @param observed undefined where the formula decides.
   */
  priced(quantity: string, observed: bigint | undefined, formula: () => bigint): bigint {
    if (observed === undefined) return formula();
    this.check(() => {
      const computed = formula();
      if (computed !== observed) {
        this.doubts.push(`${quantity} is ${observed}, the known prices give ${computed}`);
      }
    });
    return observed;
  }

  /** Moves underlying tokens and logs it. Wallets are not kept; markets and purses must hold the amount. */
  moveTokens(asset: Asset, from: string, to: string, amount: bigint): void {
    const source = this.#holder(asset, from);
    const target = this.#holder(asset, to);
    if (source !== undefined && this.#held(source, asset) < amount) refuseText("Insufficient balance");
    if (source !== undefined) this.#hold(source, asset, subtract(this.#held(source, asset), amount));
    if (target !== undefined) this.#hold(target, asset, add(this.#held(target, asset), amount));
    this.emit(asset.address, "Transfer", { from, to, value: amount });
  }

  /** Closes a journal entry over what was logged since the last one. Nothing logged, nothing closed. */
  seal(kind: string, account?: string, hidden = 0n): void {
    if (this.logs.length > this.#sealed || hidden !== 0n) {
      this.segments.push({
        kind,
        account,
        from: this.#sealed,
        to: this.logs.length,
        totals: [...this.#touched].map(totalsOf),
        hidden,
      });
    }
    this.#sealed = this.logs.length;
    this.#touched.clear();
  }

  /** Ends the operation: looks at the accounts it moved, before the next one moves them again. */
  finish(enteredOnly: boolean): void {
    this.assessments = [...this.accounts].map((account) => assess(this.pool, account, enteredOnly));
  }

  #holder(asset: Asset, address: string): Market | Purse | undefined {
    return asset.markets.find((market) => market.token === address) ?? this.pool.purse(address);
  }

  #held(holder: Market | Purse, asset: Asset): bigint {
    return "cash" in holder ? holder.cash : holder.balance(asset.index);
  }

  #hold(holder: Market | Purse, asset: Asset, value: bigint): void {
    if ("cash" in holder) {
      holder.cash = value;
      this.touch(holder);
    } else holder.setBalance(asset.index, value);
  }
}

export function totalsOf(market: Market): MarketTotals {
  return {
    market,
    cash: market.cash,
    totalBorrows: market.totalBorrows,
    totalReserves: market.totalReserves,
    totalSupply: market.totalSupply,
    badDebt: market.badDebt,
    reserveFactorWad: market.reserveFactorWad,
  };
}
