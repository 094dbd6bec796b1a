import { WAD } from "@shortfall/math";

/*
 * An auction with a fixed bid and a falling lot (Maker `Flopper`): each bidder offers to take less of the
 * token that is minted. Refusals carry the contract's words.
 */

export interface FallingLotRules {
  /** Least decrease, 1e18 scaled: beg·lot ≤ old lot. */
  readonly beg: bigint;
  /** What the lot grows by when nobody has bid, 1e18 scaled. */
  readonly pad: bigint;
  /** Seconds a bid stands, and seconds an auction runs. */
  readonly ttl: bigint;
  readonly tau: bigint;
}

export interface FallingLot {
  readonly bid: bigint;
  readonly lot: bigint;
  /** Highest bidder; empty before the first bid. */
  readonly bidder: string;
  /** When the last bid's time is over; 0 before the first bid. */
  readonly bidEnds: bigint;
  readonly ends: bigint;
}

export type Refused = { readonly ok: false; readonly reason: string };
export type Moved = { readonly ok: true; readonly auction: FallingLot };

export const openFallingLot = (
  rules: FallingLotRules,
  bid: bigint,
  lot: bigint,
  now: bigint,
): FallingLot => ({ bid, lot, bidder: "", bidEnds: 0n, ends: now + rules.tau });

/** A bid to take `lot`. */
export function bidFallingLot(
  rules: FallingLotRules,
  auction: FallingLot,
  lot: bigint,
  bidder: string,
  now: bigint,
): Refused | Moved {
  if (auction.bidEnds !== 0n && auction.bidEnds <= now) return refuse("already-finished-tic");
  if (auction.ends <= now) return refuse("already-finished-end");
  if (lot >= auction.lot) return refuse("lot-not-lower");
  if (rules.beg * lot > auction.lot * WAD) return refuse("insufficient-decrease");
  return { ok: true, auction: { ...auction, lot, bidder, bidEnds: now + rules.ttl } };
}

/** Runs an auction again that ended without a bid, with a larger lot (rounded down). */
export function restartFallingLot(rules: FallingLotRules, auction: FallingLot, now: bigint): Refused | Moved {
  if (auction.ends >= now) return refuse("not-finished");
  if (auction.bidEnds !== 0n) return refuse("bid-already-placed");
  return {
    ok: true,
    auction: { ...auction, lot: (rules.pad * auction.lot) / WAD, ends: now + rules.tau },
  };
}

/** Whether an auction with a bid can be settled: its bid's time or its own is over. */
export const fallingLotOver = (auction: FallingLot, now: bigint): boolean =>
  auction.bidEnds !== 0n && (auction.bidEnds < now || auction.ends < now);

const refuse = (reason: string): Refused => ({ ok: false, reason });
