import type { RuleSpec } from "./rule-spec.js";

const WAD = 10n ** 18n;
const RAY = 10n ** 27n;
const floor = (a: bigint, b: bigint): bigint => a / b;
const ceil = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const near = (a: bigint, b: bigint): bigint => (a + b / 2n) / b;

/** Why an action was refused, by the code that the ledger must give. */
export class NaiveRefusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** @throws {NaiveRefusal} */
export function refuse(code: string): never {
  throw new NaiveRefusal(code);
}

/** One holder, as an object of its own. */
export interface NaiveHolder {
  readonly account: string;
  shares: bigint;
}

/**
 * A class, a debt book or a fund as a list of holder objects. Slow on purpose: totals of shares are counted
 * from the holders every time, and every formula is written out where it is used.
 */
export class NaiveBook {
  readonly rule: RuleSpec;
  holders: NaiveHolder[] = [];
  index: bigint;
  #assets = 0n;

  constructor(rule: RuleSpec) {
    this.rule = rule;
    this.index = this.divisor;
  }

  get divisor(): bigint {
    return this.rule.kind === "index" || this.rule.kind === "principal" ? this.rule.divisor : 0n;
  }

  get virtualShares(): bigint {
    return this.rule.kind === "virtual" ? this.rule.shares : 0n;
  }

  get shares(): bigint {
    let sum = 0n;
    for (const holder of this.holders) sum += holder.shares;
    return sum;
  }

  /** What all shares are worth together. */
  get assets(): bigint {
    return this.divisor > 0n ? floor(this.shares * this.index, this.divisor) : this.#assets;
  }

  /** Becomes a copy of another book. */
  take(other: NaiveBook): void {
    this.holders = other.holders.map(({ account, shares }) => ({ account, shares }));
    this.index = other.index;
    this.#assets = other.#assets;
  }

  of(account: string): bigint {
    for (const holder of this.holders) if (holder.account === account) return holder.shares;
    return 0n;
  }

  /** Shares are kept in 128 bits. */
  change(account: string, shares: bigint): void {
    if (this.of(account) + shares >= 1n << 128n) refuse("SF_RANGE");
    for (const holder of this.holders) {
      if (holder.account !== account) continue;
      holder.shares += shares;
      return;
    }
    this.holders.push({ account, shares });
  }

  get isPriced(): boolean {
    switch (this.rule.kind) {
      case "virtual":
        return true;
      case "plain":
        return this.shares === 0n || this.#assets > 0n;
      case "rate":
        return this.#rate() > 0n;
      default:
        return this.index > 0n;
    }
  }

  #rate(): bigint {
    if (this.rule.kind !== "rate") return 0n;
    return this.shares === 0n ? this.rule.initialRateWad : floor(this.#assets * WAD, this.shares);
  }

  /** Price as a fraction: assets over shares. */
  #price(): readonly [assets: bigint, shares: bigint] {
    switch (this.rule.kind) {
      case "virtual":
        return [this.#assets + this.rule.assets, this.shares + this.rule.shares];
      case "plain":
        return this.shares === 0n && this.#assets === 0n ? [1n, 1n] : [this.#assets, this.shares];
      case "rate":
        return [this.#rate(), WAD];
      default:
        return [this.index, this.rule.divisor];
    }
  }

  sharesFor(assets: bigint, up: boolean): bigint {
    const [price, unit] = this.#price();
    if (this.rule.kind === "index" && this.rule.halfUp) return near(assets * unit, price);
    return up ? ceil(assets * unit, price) : floor(assets * unit, price);
  }

  sharesIn(account: string, assets: bigint, up: boolean): bigint {
    if (this.rule.kind !== "principal") return this.sharesFor(assets, up);
    const held = this.of(account);
    return this.sharesFor(this.worth(held, false) + assets, up) - held;
  }

  /** May exceed what is held; then nobody may use it. */
  sharesOut(account: string, assets: bigint, up: boolean): bigint {
    if (this.rule.kind !== "principal") return this.sharesFor(assets, up);
    const held = this.of(account);
    const balance = this.worth(held, false);
    if (assets > balance) return held + this.sharesFor(assets - balance, true);
    return held - this.sharesFor(balance - assets, !up);
  }

  worth(shares: bigint, up: boolean): bigint {
    const [price, unit] = this.#price();
    if (this.rule.kind === "index" && this.rule.halfUp) return near(shares * price, unit);
    if (this.rule.kind === "principal") return floor(shares * price, unit);
    return up ? ceil(shares * price, unit) : floor(shares * price, unit);
  }

  /** What an account owes, rounded up. */
  owed(account: string): bigint {
    const shares = this.of(account);
    if (shares === 0n) return 0n;
    const owed = this.worth(shares, true);
    return this.divisor === 0n && owed > this.#assets ? this.#assets : owed;
  }

  /** After an account's shares moved: assets follow, and what the last one out leaves is nobody's. */
  move(account: string, assets: bigint, shares: bigint): void {
    this.change(account, shares);
    if (this.divisor > 0n) return;
    this.#assets += assets;
    const swept = this.shares === 0n && this.rule.kind !== "virtual";
    if (swept || this.#assets < 0n) this.#assets = 0n;
  }

  revalue(assets: bigint): void {
    if (this.divisor === 0n) {
      this.#assets += assets;
      return;
    }
    const target = (this.assets + assets) * this.divisor;
    const up = (this.rule.kind === "index" || this.rule.kind === "principal") && this.rule.indexUp;
    this.index = up ? ceil(target, this.shares) : floor(target, this.shares);
  }

  grow(factorRay: bigint): void {
    switch (this.rule.kind) {
      case "index": {
        const product = this.index * factorRay;
        this.index = this.rule.halfUp
          ? near(product, RAY)
          : this.rule.indexUp
            ? ceil(product, RAY)
            : floor(product, RAY);
        return;
      }
      case "principal":
        this.index = this.rule.indexUp
          ? ceil(this.index * factorRay, RAY)
          : floor(this.index * factorRay, RAY);
        return;
      default:
        this.#assets = floor(this.#assets * factorRay, RAY);
    }
  }

  /** Every holder's part of a loss: floors first, then one unit at a time to the largest remainder left. */
  split(loss: bigint): { readonly losses: Map<string, bigint>; readonly dust: bigint } {
    const holding = this.holders.filter((holder) => holder.shares > 0n);
    const losses = new Map<string, bigint>();
    if (holding.length === 0) return { losses, dust: loss };
    const parts = holding.map((holder) => ({
      account: holder.account,
      shares: holder.shares,
      part: 0n,
      rest: 0n,
    }));
    if (this.virtualShares > 0n) parts.push({ account: "", shares: this.virtualShares, part: 0n, rest: 0n });
    let total = 0n;
    for (const entry of parts) total += entry.shares;
    let left = loss;
    for (const entry of parts) {
      entry.part = floor(loss * entry.shares, total);
      entry.rest = loss * entry.shares - entry.part * total;
      left -= entry.part;
    }
    while (left > 0n) {
      let largest = parts[0]!;
      for (const entry of parts) if (entry.rest > largest.rest) largest = entry;
      largest.part += 1n;
      largest.rest = -1n;
      left -= 1n;
    }
    let dust = 0n;
    for (const entry of parts) {
      if (entry.account === "") dust += entry.part;
      else losses.set(entry.account, entry.part);
    }
    return { losses, dust };
  }
}
