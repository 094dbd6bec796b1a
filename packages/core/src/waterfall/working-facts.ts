import type { ClassFacts, FundFacts, PoolFacts } from "../ports/policy.js";

const NOTHING_MOVED: ReadonlyMap<string, bigint> = new Map();

/** A class that effects change: totals of its own, holders' shares as a difference to a base. */
export class WorkingClass implements ClassFacts {
  readonly id: string;
  assets: bigint;
  shares: bigint;
  index?: { readonly value: bigint; readonly divisor: bigint };
  marked?: bigint;
  readonly virtual?: { readonly assets: bigint; readonly shares: bigint };
  readonly #base: ClassFacts;
  #moved: ReadonlyMap<string, bigint>;

  constructor(from: ClassFacts) {
    this.id = from.id;
    this.assets = from.assets;
    this.shares = from.shares;
    if (from.index !== undefined) this.index = from.index;
    if (from.marked !== undefined) this.marked = from.marked;
    if (from.virtual !== undefined) this.virtual = from.virtual;
    this.#base = from instanceof WorkingClass ? from.#base : from;
    this.#moved = from instanceof WorkingClass ? from.#moved : NOTHING_MOVED;
  }

  /** Moves one holder's shares, and the class's with them. */
  moveShares(account: string, change: bigint): void {
    const moved = new Map(this.#moved);
    moved.set(account, (moved.get(account) ?? 0n) + change);
    this.#moved = moved;
    this.shares += change;
  }

  sharesOf(account: string): bigint {
    return this.#base.sharesOf(account) + (this.#moved.get(account) ?? 0n);
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
  groups?: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  readonly prices?: ReadonlyMap<string, bigint>;
  #funds: Map<string, FundFacts> | undefined;
  #classes: ClassFacts[] | undefined;
  /** Classes that are this run's own copies. */
  readonly #owned = new Set<ClassFacts>();
  #groups: Map<string, ReadonlyMap<string, bigint>> | undefined;
  readonly #ownGroups = new Map<string, Map<string, bigint>>();

  constructor(from: PoolFacts) {
    this.pool = from.pool;
    this.asset = from.asset;
    this.cash = from.cash;
    this.loans = from.loans;
    this.reserves = from.reserves;
    if (from.reservesFloor !== undefined) this.reservesFloor = from.reservesFloor;
    this.funds = from.funds;
    this.classes = from.classes;
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
    const { classes } = this;
    for (let at = 0; at < classes.length; at++) if (classes[at]!.id === id) return at;
    return -1;
  }

  /** This run's own copy of a class, to change. */
  ownClass(at: number): WorkingClass {
    if (this.#classes === undefined) {
      this.#classes = this.classes.slice();
      this.classes = this.#classes;
    }
    const entry = this.#classes[at]!;
    if (entry instanceof WorkingClass && this.#owned.has(entry)) return entry;
    const own = new WorkingClass(entry);
    this.#owned.add(own);
    this.#classes[at] = own;
    return own;
  }

  setGroupAmount(id: string, account: string, amount: bigint): void {
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
