import type { ActionInput, LedgerAction } from "@shortfall/core";
import { NaiveBook, refuse } from "./naive-book.js";
import { cover, realise, recover, reverse, writeOff } from "./naive-losses.js";
import {
  byLargestRemainder,
  cancelled,
  copyPool,
  freeInFund,
  move,
  moveDebt,
  NaivePool,
  payOut,
  revalue,
  smaller,
} from "./naive-pool.js";
import type { PoolSpec } from "./scenario.js";

const RAY = 10n ** 27n;

/**
 * The same ledger written the slow and obvious way: objects for holders, loops over all of them at every
 * loss, nothing shared with the real one. Where the two differ, one of them is wrong.
 */
export class NaiveLedger {
  readonly pools = new Map<string, NaivePool>();
  /** Accounts in order of first sight: ties among equal remainders go by it. */
  readonly seen: string[] = [];

  constructor(specs: readonly PoolSpec[]) {
    for (const spec of specs) this.pools.set(spec.id, new NaivePool(spec));
  }

  /**
   * Does an action or refuses it. A refused one must have changed nothing, so it works on a copy.
   *
   * @throws {NaiveRefusal}
   */
  apply(action: LedgerAction): Readonly<Record<string, unknown>> {
    const before = this.pools.get(action.pool) ?? refuse("SF_UNKNOWN_ID");
    const pool = copyPool(before);
    if (action.at.timestamp < pool.timestamp) refuse("SF_TIME_ORDER");
    const seen = this.seen.length;
    try {
      const result = this.#do(pool, action);
      pool.timestamp = action.at.timestamp;
      this.pools.set(action.pool, pool);
      return result;
    } catch (error) {
      this.seen.length = seen;
      throw error;
    }
  }

  #do(pool: NaivePool, action: LedgerAction): Readonly<Record<string, unknown>> {
    switch (action.kind) {
      case "deposit":
        return this.#deposit(pool, action);
      case "mint":
        return this.#mint(pool, action);
      case "withdraw":
        return this.#withdraw(pool, action);
      case "redeem":
        return this.#redeem(pool, action);
      case "transfer":
        return this.#transfer(pool, action);
      case "recapitalise": {
        const book = pool.classes[pool.classAt(action.class)]!;
        if (action.assets <= 0n) refuse("SF_AMOUNT");
        if (book.shares === 0n) refuse("SF_NO_HOLDERS");
        pool.cash += action.assets;
        revalue(pool, book, action.assets);
        return { assets: action.assets };
      }
      case "retire-class": {
        const index = pool.classAt(action.class);
        const { rule, assets, shares } = pool.classes[index]!;
        if (assets !== 0n) refuse("SF_AMOUNT");
        pool.classes[index] = new NaiveBook(rule);
        return { shares };
      }
      case "borrow":
        return this.#borrow(pool, action);
      case "repay":
        return this.#repay(pool, action);
      case "accrue":
        return this.#accrue(pool, action);
      case "post-collateral": {
        const rows = pool.collateral.get(action.asset) ?? refuse("SF_UNKNOWN_ID");
        if (action.amount <= 0n) refuse("SF_AMOUNT");
        this.#see(action.account);
        rows.set(action.account, (rows.get(action.account) ?? 0n) + action.amount);
        return { amount: action.amount };
      }
      case "withdraw-collateral": {
        const rows = pool.collateral.get(action.asset) ?? refuse("SF_UNKNOWN_ID");
        if (action.amount <= 0n) refuse("SF_AMOUNT");
        const posted = rows.get(action.account) ?? 0n;
        if (posted < action.amount) refuse("SF_INSUFFICIENT_BALANCE");
        rows.set(action.account, posted - action.amount);
        return { amount: action.amount };
      }
      case "liquidate":
        return this.#liquidate(pool, action);
      case "write-off":
        return writeOff(pool, action, this.seen);
      case "realise":
        return realise(pool, action);
      case "reverse":
        return reverse(pool, action);
      case "recover":
        return recover(pool, action, this.seen);
      case "cover":
        return cover(pool, action);
      case "claim": {
        const credited = pool.credited.get(action.account) ?? 0n;
        const assets = action.assets ?? credited;
        if (assets <= 0n) refuse("SF_AMOUNT");
        if (credited < assets) refuse("SF_INSUFFICIENT_BALANCE");
        pool.credited.set(action.account, credited - assets);
        payOut(pool, assets);
        return { assets };
      }
      case "top-up-fund": {
        const balance = pool.funds.get(action.fund) ?? refuse("SF_UNKNOWN_ID");
        if (action.assets <= 0n) refuse("SF_AMOUNT");
        pool.funds.set(action.fund, balance + action.assets);
        return { assets: action.assets, shares: 0n };
      }
      case "withdraw-fund": {
        const free = freeInFund(pool, action.fund);
        if (action.assets <= 0n) refuse("SF_AMOUNT");
        if (action.assets > free) refuse("SF_INSUFFICIENT_BALANCE");
        pool.funds.set(action.fund, pool.funds.get(action.fund)! - action.assets);
        return { assets: action.assets, shares: 0n };
      }
      case "add-reserves":
        if (action.assets <= 0n) refuse("SF_AMOUNT");
        pool.cash += action.assets;
        pool.reserves += action.assets;
        return { assets: action.assets };
      case "withdraw-reserves":
        if (action.assets <= 0n) refuse("SF_AMOUNT");
        if (action.assets > pool.reserves) refuse("SF_INSUFFICIENT_BALANCE");
        pool.reserves -= action.assets;
        payOut(pool, action.assets);
        return { assets: action.assets };
      case "pay-treasury":
        if (action.assets <= 0n) refuse("SF_AMOUNT");
        if (action.assets > pool.treasury) refuse("SF_INSUFFICIENT_BALANCE");
        pool.treasury -= action.assets;
        payOut(pool, action.assets);
        return { assets: action.assets };
      default:
        throw new Error(`The naive ledger does not know "${action.kind}".`);
    }
  }

  #see(account: string): void {
    if (!this.seen.includes(account)) this.seen.push(account);
  }

  #deposit(pool: NaivePool, input: ActionInput<"deposit">) {
    const book = pool.classes[pool.classAt(input.class)]!;
    if (input.assets <= 0n) refuse("SF_AMOUNT");
    if (!book.isPriced) refuse("SF_UNDEFINED_PRICE");
    const shares = book.sharesIn(input.account, input.assets, false);
    if (shares <= 0n) refuse("SF_ZERO_SHARES");
    this.#see(input.account);
    pool.cash += input.assets;
    move(pool, book, input.account, input.assets, shares);
    return { assets: input.assets, shares };
  }

  #mint(pool: NaivePool, input: ActionInput<"mint">) {
    const book = pool.classes[pool.classAt(input.class)]!;
    if (input.shares <= 0n) refuse("SF_AMOUNT");
    if (!book.isPriced) refuse("SF_UNDEFINED_PRICE");
    const assets = book.worth(input.shares, true);
    if (assets <= 0n) refuse("SF_AMOUNT");
    this.#see(input.account);
    pool.cash += assets;
    move(pool, book, input.account, assets, input.shares);
    return { assets, shares: input.shares };
  }

  #withdraw(pool: NaivePool, input: ActionInput<"withdraw">) {
    const book = pool.classes[pool.classAt(input.class)]!;
    const held = book.of(input.account);
    let assets: bigint;
    let shares: bigint;
    if (input.assets === "all") {
      if (held <= 0n) refuse("SF_AMOUNT");
      shares = held;
      assets = book.worth(held, false);
    } else {
      assets = input.assets;
      if (assets <= 0n) refuse("SF_AMOUNT");
      if (!book.isPriced) refuse("SF_UNDEFINED_PRICE");
      shares = book.sharesOut(input.account, assets, true);
      if (shares <= 0n) refuse("SF_ZERO_SHARES");
    }
    if (shares > held) refuse("SF_INSUFFICIENT_BALANCE");
    payOut(pool, assets);
    move(pool, book, input.account, -assets, -shares);
    return { assets, shares };
  }

  #redeem(pool: NaivePool, input: ActionInput<"redeem">) {
    const book = pool.classes[pool.classAt(input.class)]!;
    if (input.shares <= 0n) refuse("SF_AMOUNT");
    if (input.shares > book.of(input.account)) refuse("SF_INSUFFICIENT_BALANCE");
    const assets = book.worth(input.shares, false);
    payOut(pool, assets);
    move(pool, book, input.account, -assets, -input.shares);
    return { assets, shares: input.shares };
  }

  #transfer(pool: NaivePool, input: ActionInput<"transfer">) {
    const book = pool.classes[pool.classAt(input.class)]!;
    if (input.shares <= 0n) refuse("SF_AMOUNT");
    if (input.shares > book.of(input.account)) refuse("SF_INSUFFICIENT_BALANCE");
    this.#see(input.to);
    book.change(input.account, -input.shares);
    book.change(input.to, input.shares);
    return { shares: input.shares };
  }

  #borrow(pool: NaivePool, input: ActionInput<"borrow">) {
    if (input.assets <= 0n) refuse("SF_AMOUNT");
    const shares = pool.debt.sharesIn(input.account, input.assets, true);
    if (shares <= 0n) refuse("SF_ZERO_SHARES");
    payOut(pool, input.assets);
    this.#see(input.account);
    moveDebt(pool, input.account, input.assets, shares);
    return { assets: input.assets, shares };
  }

  #repay(pool: NaivePool, input: ActionInput<"repay">) {
    const owed = pool.debt.owed(input.account);
    const assets = input.assets === "all" ? owed : input.assets;
    if (assets <= 0n || assets > owed) refuse("SF_AMOUNT");
    const shares = cancelled(pool, input.account, owed, assets);
    if (shares <= 0n) refuse("SF_ZERO_SHARES");
    pool.cash += assets;
    moveDebt(pool, input.account, -assets, -shares);
    return { assets, shares };
  }

  #accrue(pool: NaivePool, input: ActionInput<"accrue">) {
    const before = pool.debt.assets;
    if (input.ratePerSecondRay !== undefined) {
      const seconds = BigInt(input.at.timestamp - pool.accruedAt);
      pool.debt.grow(RAY + input.ratePerSecondRay * seconds);
    } else if (input.interest < 0n) refuse("SF_AMOUNT");
    else if (input.interest > 0n) {
      if (pool.debt.shares === 0n) refuse("SF_NO_HOLDERS");
      pool.debt.revalue(input.interest);
    }
    const interest = pool.debt.assets - before;
    const treasury = (interest * pool.spec.treasuryFactorBps) / 10_000n;
    let reserves = (interest * pool.spec.reserveFactorBps) / 10_000n;
    const rest = interest - treasury - reserves;
    const claims = pool.classes.map((book) => (book.shares === 0n ? 0n : book.assets));
    const parts = byLargestRemainder(rest, claims);
    if (parts) {
      pool.classes.forEach((book, index) => {
        if (parts[index]! > 0n) revalue(pool, book, parts[index]!);
      });
    } else reserves += rest;
    pool.reserves += reserves;
    pool.treasury += treasury;
    pool.accruedAt = input.at.timestamp;
    return { interest, reserves, treasury };
  }

  #liquidate(pool: NaivePool, input: ActionInput<"liquidate">) {
    const rows = pool.collateral.get(input.asset) ?? refuse("SF_UNKNOWN_ID");
    const bonusBps = pool.spec.collateral.find((entry) => entry.asset === input.asset)!.bonusBps;
    if (input.repay <= 0n) refuse("SF_AMOUNT");
    const owed = pool.debt.owed(input.account);
    if (input.repay > owed) refuse("SF_INSUFFICIENT_BALANCE");
    if (input.repay > (owed * pool.spec.closeFactorBps) / 10_000n) refuse("SF_CLOSE_FACTOR");
    const posted = rows.get(input.account) ?? 0n;
    const { numerator, denominator } = input.price;
    let repaid = input.repay;
    let seized = (repaid * (10_000n + bonusBps) * denominator) / (10_000n * numerator);
    if (seized > posted) {
      seized = posted;
      const unit = denominator * (10_000n + bonusBps);
      repaid = smaller(repaid, (posted * numerator * 10_000n + unit - 1n) / unit);
    }
    if (seized === 0n) refuse("SF_AMOUNT");
    const shares = cancelled(pool, input.account, owed, repaid);
    if (shares <= 0n) refuse("SF_ZERO_SHARES");
    rows.set(input.account, posted - seized);
    pool.cash += repaid;
    moveDebt(pool, input.account, -repaid, -shares);
    return { repaid, shares, seized };
  }
}
