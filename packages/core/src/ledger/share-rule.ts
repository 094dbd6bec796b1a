import type { VirtualOffset } from "@shortfall/math";

/** Totals of a share class, a debt book or a fund. Immutable. */
export interface ShareState {
  readonly shares: bigint;
  /** What all shares are worth together, base units: the control total. */
  readonly assets: bigint;
  /** Worth of a share × the rule's divisor; 0 for rules without an index. */
  readonly index: bigint;
}

/** Direction of a conversion. A rule with one fixed rounding ignores it. */
export type Rounding = "down" | "up";

/**
 * How shares and assets convert, the way a protocol does it. A plain object, pure: the ledger keeps the state.
 *
 * The ledger asks for `down` where rounding must not favour the account (shares minted by a deposit, assets
 * paid for shares, debt shares cancelled by a repayment) and `up` for the opposite.
 */
export interface ShareRule {
  readonly id: string;
  /** Parameters as data; part of the entry that opens a pool. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Virtual amounts, `{0, 0}` where it has none. They bear their part of a loss as dust. */
  readonly virtual: VirtualOffset;
  /** assets = floor(shares · index / divisor); 0 where the rule keeps totals instead of an index. */
  readonly divisor: bigint;
  open(): ShareState;
  /** Whether a deposit has a price. */
  isPriced(state: ShareState): boolean;
  /** Shares that `assets` add to a holding of `held` shares. */
  sharesIn(state: ShareState, held: bigint, assets: bigint, rounding: Rounding): bigint;
  /** Shares that `assets` take from a holding of `held` shares. May exceed it; the ledger refuses then. */
  sharesOut(state: ShareState, held: bigint, assets: bigint, rounding: Rounding): bigint;
  /** What `shares` are worth. */
  assetsOf(state: ShareState, shares: bigint, rounding: Rounding): bigint;
  /** After `assets` and `shares` (both signed) came in or went out together. */
  move(state: ShareState, assets: bigint, shares: bigint): ShareState;
  /** After the same shares became worth `assets` (signed) more. */
  revalue(state: ShareState, assets: bigint): ShareState;
  /** After growth by a factor of 1e27. */
  grow(state: ShareState, factorRay: bigint): ShareState;
}

/** The state of a rule with an index, at another index. */
export function atIndex(rule: ShareRule, state: ShareState, index: bigint): ShareState {
  return { shares: state.shares, index, assets: (state.shares * index) / rule.divisor };
}
