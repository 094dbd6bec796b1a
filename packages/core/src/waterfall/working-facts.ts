import type { ClassFacts, FundFacts, PoolFacts } from "../ports/policy.js";

/**
 * A class that effects change: totals of its own, holders' shares as a difference to those it started from. One is
 * made for each class that a loss touches, so its fields are set once, in the constructor, and are few.
 */
export class WorkingClass implements ClassFacts {
  declare readonly id: string;
  declare assets: bigint;
  declare shares: bigint;
  declare index?: { readonly value: bigint; readonly divisor: bigint };
  declare marked?: bigint;
  declare readonly virtual?: { readonly assets: bigint; readonly shares: bigint };
  declare private readonly before: ClassFacts;
  declare private moved: Map<string, bigint> | undefined;

  constructor(from: ClassFacts) {
    this.id = from.id;
    this.assets = from.assets;
    this.shares = from.shares;
    this.before = from;
    this.moved = undefined;
    if (from.index !== undefined) this.index = from.index;
    if (from.marked !== undefined) this.marked = from.marked;
    if (from.virtual !== undefined) this.virtual = from.virtual;
    if (from instanceof WorkingClass) {
      // Runs in a row start from the first facts, not from a chain of copies.
      this.before = from.before;
      this.moved = from.moved === undefined ? undefined : new Map(from.moved);
    }
  }

  /** Moves one holder's shares, and the class's with them. */
  moveShares(account: string, change: bigint): void {
    this.moved ??= new Map();
    this.moved.set(account, (this.moved.get(account) ?? 0n) + change);
    this.shares += change;
  }

  sharesOf(account: string): bigint {
    return this.before.sharesOf(account) + (this.moved?.get(account) ?? 0n);
  }
}

/**
 * A pool's facts while a run's effects are applied to them. What an effect does not touch is shared with the
 * facts it started from; what it touches is copied once a run, so that a run costs what it changes.
 *
 * Belongs to one run; nobody changes it once that has returned it.
 */
export class WorkingFacts implements PoolFacts {
  readonly pool: string;
  readonly asset: string;
  readonly cash: bigint;
  readonly loans: bigint;
  reserves: bigint;
  readonly reservesFloor?: bigint | "none";
  funds: ReadonlyMap<string, FundFacts>;
  classes: readonly ClassFacts[];
  readonly classPositions?: ReadonlyMap<string, number>;
  groups?: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  readonly prices?: ReadonlyMap<string, bigint>;
  #funds: Map<string, FundFacts> | undefined;
  #classes: ClassFacts[] | undefined;
  /** Which of them are this run's own, by position. */
  #own: (WorkingClass | undefined)[] | undefined;
  #groups: Map<string, ReadonlyMap<string, bigint>> | undefined;
  #ownGroups: Map<string, Map<string, bigint>> | undefined;

  constructor(from: PoolFacts) {
    this.pool = from.pool;
    this.asset = from.asset;
    this.cash = from.cash;
    this.loans = from.loans;
    this.reserves = from.reserves;
    if (from.reservesFloor !== undefined) this.reservesFloor = from.reservesFloor;
    this.funds = from.funds;
    this.classes = from.classes;
    if (from.classPositions !== undefined) this.classPositions = from.classPositions;
    if (from.groups !== undefined) this.groups = from.groups;
    if (from.prices !== undefined) this.prices = from.prices;
  }

  setBalance(fund: FundFacts, balance: bigint): void {
    if (this.#funds === undefined) {
      this.#funds = new Map(this.funds);
      this.funds = this.#funds;
    }
    const { id, floor, asset } = fund;
    this.#funds.set(id, floor === undefined && asset === undefined ? { id, balance } : { ...fund, balance });
  }

  /** Position of a class, or -1. */
  classIndex(id: string): number {
    if (this.classPositions !== undefined) return this.classPositions.get(id) ?? -1;
    const { classes } = this;
    for (let at = 0; at < classes.length; at++) if (classes[at]!.id === id) return at;
    return -1;
  }

  /** This run's own copy of a class, to change. */
  ownClass(at: number): WorkingClass {
    if (this.#classes === undefined) {
      this.#classes = this.classes.slice();
      this.#own = new Array(this.#classes.length).fill(undefined);
      this.classes = this.#classes;
    }
    const made = this.#own![at];
    if (made !== undefined) return made;
    const own = new WorkingClass(this.#classes[at]!);
    this.#own![at] = own;
    this.#classes[at] = own;
    return own;
  }

  setGroupAmount(id: string, account: string, amount: bigint): void {
    this.#ownGroups ??= new Map();
    let rows = this.#ownGroups.get(id);
    if (rows === undefined) {
      rows = new Map(this.groups?.get(id));
      this.#ownGroups.set(id, rows);
      if (this.#groups === undefined) {
        this.#groups = new Map(this.groups);
        this.groups = this.#groups;
      }
      this.#groups.set(id, rows);
    }
    rows.set(account, amount);
  }
}
