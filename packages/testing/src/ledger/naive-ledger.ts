import type { ActionInput, ActionKind, LedgerAction } from "@shortfall/core";
import { NaiveBook, refuse } from "./naive-book.js";
import { layerId, type PoolSpec } from "./scenario.js";

const RAY = 10n ** 27n;
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const atLeastZero = (a: bigint): bigint => (a > 0n ? a : 0n);

/** What one layer took of a deficit. */
interface NaivePart {
  layer: string;
  /** Position in the waterfall, or undefined for somebody who covered a carry. */
  index: number | undefined;
  taken: bigint;
  restored: bigint;
  /** Who is paid back, for a cover. */
  cover?: { kind: "payer" | "holder" | "fund" | "reserves"; id: string };
}

interface NaiveLoss {
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
        return this.#writeOff(pool, action);
      case "realise":
        return this.#realise(pool, action);
      case "reverse":
        return this.#reverse(pool, action);
      case "recover":
        return this.#recover(pool, action);
      case "cover":
        return this.#cover(pool, action);
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

  #writeOff(pool: NaivePool, input: ActionInput<"write-off">) {
    const owed = pool.debt.owed(input.account);
    const open = atLeastZero(owed - pool.provisionOf(input.account));
    const assets = input.assets ?? open;
    if (assets <= 0n) refuse("SF_AMOUNT");
    if (assets > open) refuse("SF_INSUFFICIENT_BALANCE");
    const id = input.deficit ?? `${pool.spec.id}#${pool.deficits.length + 1}`;
    if (!input.provisional && input.collateral === undefined) {
      for (const rows of pool.collateral.values())
        if ((rows.get(input.account) ?? 0n) > 0n) refuse("SF_COLLATERAL_REMAINS");
    }
    const held = pool.classes.map(
      (book) => new Map(book.holders.map(({ account, shares }) => [account, shares])),
    );
    const lost = pool.classes.map(() => 0n);
    const indexBefore = pool.classes.map((book) => book.index);
    const books = pool.classes.map((book) => this.#ordered(book));
    const { losses, left } = run(pool, 0, assets, lost);
    const haircuts = lost.map((loss, index) => {
      const { losses: rows, dust } = books[index]!.split(loss);
      return loss > 0n ? rows.set("", dust) : new Map<string, bigint>();
    });
    pool.uncovered += left;
    if (!input.provisional) {
      moveDebt(pool, input.account, -assets, -cancelled(pool, input.account, owed, assets));
    }
    pool.deficits.push({
      id,
      borrower: input.account,
      assets,
      status: input.provisional ? "provisional" : "realised",
      parts: losses.map(({ index, assets: taken }) => ({
        layer: layerId(index),
        index,
        taken,
        restored: 0n,
      })),
      firstUncovered: left,
      uncovered: left,
      recovered: 0n,
      excess: 0n,
      losses,
      held,
      indexBefore,
      indexAfter: pool.classes.map((book) => book.index),
      haircuts,
    });
    return { deficit: id, assets, absorbed: assets - left, uncovered: left };
  }

  /** A copy of a class as it is, holders in the ledger's order. */
  #ordered(book: NaiveBook): NaiveBook {
    const copy = copyBook(book);
    copy.holders.sort((a, b) => this.seen.indexOf(a.account) - this.seen.indexOf(b.account));
    return copy;
  }

  #deficit(pool: NaivePool, id: string): NaiveDeficit {
    return pool.deficits.find((deficit) => deficit.id === id) ?? refuse("SF_UNKNOWN_ID");
  }

  #realise(pool: NaivePool, input: ActionInput<"realise">) {
    const deficit = this.#deficit(pool, input.deficit);
    if (deficit.status !== "provisional") refuse("SF_PROVISION");
    const owed = pool.debt.owed(deficit.borrower);
    if (owed < deficit.assets) refuse("SF_PROVISION");
    deficit.status = "realised";
    const shares = cancelled(pool, deficit.borrower, owed, deficit.assets);
    moveDebt(pool, deficit.borrower, -deficit.assets, -shares);
    return { deficit: deficit.id, assets: deficit.assets };
  }

  #reverse(pool: NaivePool, input: ActionInput<"reverse">) {
    const deficit = this.#deficit(pool, input.deficit);
    if (deficit.status !== "provisional") refuse("SF_PROVISION");
    const back = pool.classes.map(() => 0n);
    for (const { index, assets } of deficit.losses) {
      const layer = pool.spec.layers[index]!;
      if (layer.kind === "class") back[pool.classAt(layer.class)]! += assets;
      else if (layer.kind === "carry") pool.carried -= assets;
      else if (layer.kind === "reserve") pool.reserves += assets;
      else {
        payOut(pool, assets);
        pool.funds.set(layer.fund, pool.funds.get(layer.fund)! + assets);
      }
    }
    pool.classes.forEach((book, index) => {
      if (back[index] === 0n) return;
      if (book.shares === 0n && book.rule.kind !== "virtual") refuse("SF_PROVISION");
      if (book.divisor > 0n && book.index === deficit.indexAfter[index]) {
        const claim = book.assets;
        book.index = deficit.indexBefore[index]!;
        pool.rounding += back[index]! - (book.assets - claim);
      } else revalue(pool, book, back[index]!);
    });
    pool.uncovered -= deficit.firstUncovered;
    deficit.status = "reversed";
    return { deficit: deficit.id, assets: deficit.assets };
  }

  #recover(pool: NaivePool, input: ActionInput<"recover">) {
    if (input.assets <= 0n) refuse("SF_AMOUNT");
    const deficit = this.#deficit(pool, input.deficit);
    if (deficit.status !== "realised") refuse("SF_PROVISION");
    pool.cash += input.assets;
    const due = pool.spec.layers.map((_, index) => {
      let sum = 0n;
      for (const part of deficit.parts) if (part.index === index) sum += part.taken - part.restored;
      return sum;
    });
    const order = recoveryOrder(pool.spec);
    const claims = order.map((slot) => (slot === "uncovered" ? deficit.uncovered : due[slot]!));
    let claimed = 0n;
    for (const claim of claims) claimed += claim;
    const offers =
      pool.spec.order === "pro-rata"
        ? (byLargestRemainder(smaller(input.assets, claimed), claims) ?? claims)
        : claims;
    const slots: [string, bigint][] = [];
    let left = input.assets;
    let uncovered = 0n;
    order.forEach((slot, at) => {
      const amount = smaller(left, offers[at]!);
      if (amount === 0n) return;
      left -= amount;
      if (slot === "uncovered") {
        uncovered = amount;
        deficit.uncovered -= amount;
        pool.uncovered -= amount;
        slots.push(["uncovered", amount]);
        return;
      }
      this.#restore(pool, deficit, slot, amount, input.holders ?? pool.spec.holders);
      let rest = amount;
      for (const part of deficit.parts) {
        if (part.index !== slot) continue;
        const share = smaller(rest, part.taken - part.restored);
        part.restored += share;
        rest -= share;
      }
      slots.push([layerId(slot), amount]);
    });
    for (const part of [...deficit.parts].reverse()) {
      if (!part.cover || left === 0n) continue;
      const amount = smaller(left, part.taken - part.restored);
      if (amount === 0n) continue;
      left -= amount;
      part.restored += amount;
      slots.push([part.layer, amount]);
      const { kind, id } = part.cover;
      if (kind === "fund") {
        payOut(pool, amount);
        pool.funds.set(id, pool.funds.get(id)! + amount);
      } else if (kind === "reserves") pool.reserves += amount;
      else credit(pool, id, amount);
    }
    if (left > 0n) {
      if (pool.spec.excess === "refuse") refuse("SF_AMOUNT");
      if (pool.spec.excess === "reserves") pool.reserves += left;
      else if (pool.spec.excess === "treasury") pool.treasury += left;
      else credit(pool, deficit.borrower, left);
    }
    deficit.recovered += input.assets;
    deficit.excess += left;
    return { deficit: deficit.id, assets: input.assets, uncovered, excess: left, slots };
  }

  #restore(
    pool: NaivePool,
    deficit: NaiveDeficit,
    index: number,
    amount: bigint,
    holders: "current-holders" | "loss-bearers",
  ): void {
    const layer = pool.spec.layers[index]!;
    if (layer.kind === "carry") pool.carried -= amount;
    else if (layer.kind === "reserve") pool.reserves += amount;
    else if (layer.kind === "fund") {
      payOut(pool, amount);
      pool.funds.set(layer.fund, pool.funds.get(layer.fund)! + amount);
    } else {
      const at = pool.classAt(layer.class);
      const book = pool.classes[at]!;
      if (holders === "current-holders" && book.shares > 0n) {
        revalue(pool, book, amount);
        return;
      }
      const bearers = this.seen.filter((account) => (deficit.held[at]!.get(account) ?? 0n) > 0n);
      if (bearers.length === 0) refuse("SF_INSUFFICIENT_BALANCE");
      const parts = byLargestRemainder(
        amount,
        bearers.map((account) => deficit.held[at]!.get(account)!),
      )!;
      bearers.forEach((account, k) => {
        credit(pool, account, parts[k]!);
      });
    }
  }

  #cover(pool: NaivePool, input: ActionInput<"cover">) {
    if (input.assets <= 0n) refuse("SF_AMOUNT");
    const deficit = this.#deficit(pool, input.deficit);
    if (deficit.status !== "realised") refuse("SF_PROVISION");
    const carrying = deficit.parts.find(
      (part) =>
        part.index !== undefined &&
        pool.spec.layers[part.index]!.kind === "carry" &&
        part.taken > part.restored,
    );
    if (!carrying || input.assets > carrying.taken - carrying.restored) refuse("SF_INSUFFICIENT_BALANCE");
    pool.carried -= input.assets;
    carrying.taken -= input.assets;
    const { by } = input;
    const add = (layer: string, cover: NonNullable<NaivePart["cover"]>) => {
      deficit.parts.push({ layer, index: undefined, taken: input.assets, restored: 0n, cover });
    };
    let shares = 0n;
    if (by.kind === "payer") {
      pool.cash += input.assets;
      add(`cover:payer:${by.account}`, { kind: "payer", id: by.account });
    } else if (by.kind === "fund") {
      if (input.assets > freeInFund(pool, by.fund)) refuse("SF_INSUFFICIENT_BALANCE");
      pool.funds.set(by.fund, pool.funds.get(by.fund)! - input.assets);
      pool.cash += input.assets;
      add(`cover:fund:${by.fund}`, { kind: "fund", id: by.fund });
    } else if (by.kind === "reserves") {
      if (input.assets > pool.reserves) refuse("SF_INSUFFICIENT_BALANCE");
      pool.reserves -= input.assets;
      add("cover:reserves", { kind: "reserves", id: "" });
    } else if (by.kind === "shares") {
      const book = pool.classes[pool.classAt(by.class)]!;
      if (!book.isPriced) refuse("SF_UNDEFINED_PRICE");
      shares = book.sharesOut(by.account, input.assets, true);
      if (shares <= 0n) refuse("SF_ZERO_SHARES");
      if (shares > book.of(by.account)) refuse("SF_INSUFFICIENT_BALANCE");
      move(pool, book, by.account, -input.assets, -shares);
      add(`cover:holder:${by.account}`, { kind: "holder", id: by.account });
    } else {
      const { losses, left } = run(pool, carrying.index! + 1, input.assets, []);
      if (left > 0n) refuse("SF_INSUFFICIENT_BALANCE");
      for (const { index, assets } of losses)
        deficit.parts.push({ layer: layerId(index), index, taken: assets, restored: 0n });
    }
    return { deficit: deficit.id, assets: input.assets, shares };
  }
}

/** Runs a loss down the layers from a position. `lost` collects what each class lost. */
function run(pool: NaivePool, from: number, assets: bigint, lost: bigint[]) {
  const losses: NaiveLoss[] = [];
  let left = assets;
  pool.spec.layers.forEach((layer, index) => {
    if (index < from || left === 0n) return;
    let taken: bigint;
    if (layer.kind === "fund") {
      taken = smaller(left, freeInFund(pool, layer.fund));
      pool.funds.set(layer.fund, pool.funds.get(layer.fund)! - taken);
      pool.cash += taken;
    } else if (layer.kind === "reserve") {
      taken = smaller(left, atLeastZero(pool.reserves));
      pool.reserves -= taken;
    } else if (layer.kind === "class") {
      const at = pool.classAt(layer.class);
      taken = smaller(left, pool.classes[at]!.assets);
      if (taken > 0n) revalue(pool, pool.classes[at]!, -taken);
      lost[at] = (lost[at] ?? 0n) + taken;
    } else {
      taken = left;
      pool.carried += taken;
    }
    left -= taken;
    if (taken > 0n) losses.push({ index, assets: taken });
  });
  return { losses, left };
}

function freeInFund(pool: NaivePool, id: string): bigint {
  const balance = pool.funds.get(id) ?? refuse("SF_UNKNOWN_ID");
  return atLeastZero(balance - pool.spec.funds.find((fund) => fund.id === id)!.floor);
}

function payOut(pool: NaivePool, assets: bigint): void {
  if (assets > pool.cash) refuse("SF_INSUFFICIENT_CASH");
  pool.cash -= assets;
}

function credit(pool: NaivePool, account: string, assets: bigint): void {
  pool.credited.set(account, (pool.credited.get(account) ?? 0n) + assets);
}

function move(pool: NaivePool, book: NaiveBook, account: string, assets: bigint, shares: bigint): void {
  const before = book.assets;
  book.move(account, assets, shares);
  pool.rounding += assets - (book.assets - before);
}

function moveDebt(pool: NaivePool, account: string, assets: bigint, shares: bigint): void {
  const before = pool.debt.assets;
  pool.debt.move(account, assets, shares);
  pool.rounding += pool.debt.assets - before - assets;
}

function revalue(pool: NaivePool, book: NaiveBook, assets: bigint): void {
  const before = book.assets;
  book.revalue(assets);
  pool.rounding += assets - (book.assets - before);
}

/** Debt shares that a payment cancels: all for all of the debt, else rounded down. */
function cancelled(pool: NaivePool, account: string, owed: bigint, assets: bigint): bigint {
  const held = pool.debt.of(account);
  return assets === owed ? held : smaller(held, pool.debt.sharesOut(account, assets, false));
}

/** Undefined where all weights are 0. */
function byLargestRemainder(amount: bigint, weights: readonly bigint[]): bigint[] | undefined {
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

function recoveryOrder(spec: PoolSpec): (number | "uncovered")[] {
  const layers = spec.layers.map((_, index) => index);
  const rank = (index: number): number => {
    const layer = spec.layers[index]!;
    return layer.kind === "class"
      ? spec.classes.findIndex((entry) => entry.id === layer.class)
      : spec.classes.length;
  };
  const seniorFirst: (number | "uncovered")[] = ["uncovered"];
  for (let level = 0; level <= spec.classes.length; level++) {
    for (const index of [...layers].reverse()) if (rank(index) === level) seniorFirst.push(index);
  }
  switch (spec.order) {
    case "same-order":
    case "pro-rata":
      return [...layers, "uncovered"];
    case "reverse-order":
      return ["uncovered", ...layers.reverse()];
    case "senior-first":
      return seniorFirst;
    case "junior-first":
      return seniorFirst.reverse();
    default:
      throw new Error(`The naive ledger does not know the order "${String(spec.order)}".`);
  }
}

function copyBook(book: NaiveBook): NaiveBook {
  const copy = new NaiveBook(book.rule);
  copy.take(book);
  return copy;
}

function copyPool(pool: NaivePool): NaivePool {
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

/** Kinds of action that the naive ledger models. */
export type NaiveKind = Exclude<ActionKind, "layer-action" | "settle-charge" | "deposit-many">;
