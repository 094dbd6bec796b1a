import type { ClassFacts, FundFacts, PoolFacts } from "../ports/policy.js";

/** Up to so many classes a search is quicker than a map. */
const SEARCHED_CLASSES = 8;

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
  readonly #owner: object;

  /** @param owner the run whose copy this is. */
  constructor(from: ClassFacts, owner: object) {
    this.#owner = owner;
    this.id = from.id;
    this.assets = from.assets;
    this.shares = from.shares;
    if (from.index !== undefined) this.index = from.index;
    if (from.marked !== undefined) this.marked = from.marked;
    if (from.virtual !== undefined) this.virtual = from.virtual;
    this.#base = from instanceof WorkingClass ? from.#base : from;
    this.#moved = from instanceof WorkingClass ? from.#moved : NOTHING_MOVED;
  }

  belongsTo(owner: object): boolean {
    return this.#owner === owner;
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
  #positions: Map<string, number> | undefined;
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

  shareClass(id: string): ClassFacts | undefined {
    return this.classes[this.classIndex(id)];
  }

  /** Position of a class, or -1. Few classes are searched, many are looked up. */
  classIndex(id: string): number {
    const { classes } = this;
    if (classes.length > SEARCHED_CLASSES) return this.#positionOf(id);
    for (let at = 0; at < classes.length; at++) if (classes[at]!.id === id) return at;
    return -1;
  }

  #positionOf(id: string): number {
    if (this.#positions === undefined) {
      this.#positions = new Map();
      // The first of a name counts, as in a search.
      for (let at = this.classes.length - 1; at >= 0; at--) this.#positions.set(this.classes[at]!.id, at);
    }
    return this.#positions.get(id) ?? -1;
  }

  /** This run's own copy of a class, to change. */
  ownClass(at: number): WorkingClass {
    if (this.#classes === undefined) {
      this.#classes = this.classes.slice();
      this.classes = this.#classes;
    }
    const entry = this.#classes[at]!;
    if (entry instanceof WorkingClass && entry.belongsTo(this)) return entry;
    const own = new WorkingClass(entry, this);
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
