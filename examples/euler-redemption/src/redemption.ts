import { min, mulDivDown, WAD } from "@shortfall/math";
import { add, EMPTY, share, shareByRatio, subtract } from "./baskets.js";
import type { Account, Inputs, Pool, Row } from "./inputs.js";
import { type NetPosition, netSubAccount } from "./netting.js";
import { Valuation } from "./valuation.js";

/** What an account collects: pool tokens by value, and tokens of its own markets in kind. */
export interface AccountClaim {
  readonly account: string;
  readonly pool: Pool;
  /** In order of first appearance. */
  readonly inKind: ReadonlyMap<string, bigint>;
}

export interface Redemption {
  readonly claims: readonly AccountClaim[];
  /** Σ net asset value of users and reserves, wei of ETH. */
  readonly totalNav: bigint;
  readonly totalForegone: bigint;
  /** What the cap took and foregone profit received. */
  readonly surplus: Pool;
  /** Reserve claims of markets without a depositor left. */
  readonly unallocated: Pool;
  /** Foregone profit of each sub-account, in order. */
  readonly foregone: readonly bigint[];
}

interface Seat {
  readonly account: Account;
  readonly rows: readonly Row[];
  readonly inKind: readonly bigint[];
  readonly position: NetPosition;
  claim: Pool;
}

/**
 * Shares out three sources: tokens still in the protocol, in kind; the recovered pool by net asset value; the
 * reserves' part of it to the depositors of their market. What exceeds the cap pays foregone profit.
 */
export function redeem(inputs: Inputs, accounts: readonly Account[]): Redemption {
  const settlement = new Valuation(inputs.markets, inputs.settlementPrices);
  const redemption = new Valuation(inputs.markets, inputs.redemptionPrices);
  const { ratioOne: one, alternativeCost } = inputs;
  const netting = { settlement, redemption, one, alternativeCost };
  const demand = inKindDemand(inputs, accounts);
  const claimInKind = (amount: bigint, token: string, total: bigint): bigint =>
    mulDivDown(amount, min(inputs.available.get(token) ?? 0n, total), total);

  const seats: Seat[] = accounts.flatMap((account) =>
    account.subAccounts.map(({ rows }) => {
      const inKind = rows.map((row) => {
        const total = demand.get(row.token);
        return total === undefined || row.deposit <= row.debt
          ? 0n
          : claimInKind(row.deposit - row.debt, row.token, total);
      });
      return {
        account,
        rows,
        inKind,
        position: netSubAccount(rows, inKind, netting),
        claim: EMPTY,
      };
    }),
  );
  // A reserve's claim in kind is virtual: users share the whole balance, it only lowers the reserve's value.
  const reserves = [...inputs.reserves].map(([token, deposit]) => {
    const users = demand.get(token);
    const inKind = users === undefined ? 0n : claimInKind(deposit, token, users + deposit);
    const row = { token, deposit, staked: 0n, debt: 0n };
    return { token, nav: netSubAccount([row], [inKind], netting).nav };
  });

  const totalNav = [
    ...seats.map((seat) => seat.position.nav),
    ...reserves.map((reserve) => reserve.nav),
  ].reduce((a, b) => a + b, 0n);
  for (const seat of seats) seat.claim = shareByRatio(inputs.pool, seat.position.nav, totalNav, one);
  const unallocated = passReservesOn(
    seats,
    new Map(reserves.map(({ token, nav }) => [token, shareByRatio(inputs.pool, nav, totalNav, one)])),
  );
  const surplus = capClaims(seats, inputs, redemption);
  const totalForegone = seats.reduce((sum, seat) => sum + seat.position.foregone, 0n);
  for (const seat of seats)
    seat.claim = add(seat.claim, share(surplus, seat.position.foregone, totalForegone));

  return {
    claims: byAccount(seats),
    totalNav,
    totalForegone,
    surplus,
    unallocated,
    foregone: seats.map((seat) => seat.position.foregone),
  };
}

/** Users' net deposits of each market that is shared out in kind. */
function inKindDemand(inputs: Inputs, accounts: readonly Account[]): ReadonlyMap<string, bigint> {
  const demand = new Map<string, bigint>();
  for (const { rows } of accounts.flatMap((account) => account.subAccounts)) {
    for (const { token, deposit, debt } of rows) {
      if (inputs.markets.get(token)!.collateral || (inputs.available.get(token) ?? 0n) === 0n) continue;
      if (deposit > debt) demand.set(token, (demand.get(token) ?? 0n) + deposit - debt);
    }
  }
  return demand;
}

/** Each market's reserve claim to its depositors by net deposit; returns what has nobody to go to. */
function passReservesOn(seats: readonly Seat[], reserveClaims: ReadonlyMap<string, Pool>): Pool {
  const deposits = new Map<string, bigint>();
  for (const { rows, position } of seats) {
    rows.forEach(({ token }, k) => {
      deposits.set(token, (deposits.get(token) ?? 0n) + position.net[k]!);
    });
  }
  for (const seat of seats) {
    seat.rows.forEach(({ token }, k) => {
      const claim = reserveClaims.get(token) ?? EMPTY;
      seat.claim = add(seat.claim, share(claim, seat.position.net[k]!, deposits.get(token)!));
    });
  }
  return [...reserveClaims]
    .filter(([token]) => (deposits.get(token) ?? 0n) === 0n)
    .reduce((sum, [, claim]) => add(sum, claim), EMPTY);
}

/** Cuts each claim to the cap times net asset value; returns what was cut. */
function capClaims(seats: readonly Seat[], inputs: Inputs, redemption: Valuation): Pool {
  let surplus = EMPTY;
  for (const seat of seats) {
    const { nav } = seat.position;
    if (nav === 0n) continue;
    const value = redemption.ofPool(seat.claim, inputs.tokens);
    if (mulDivDown(value, WAD, nav) <= inputs.capWad) continue;
    const capped = share(seat.claim, mulDivDown(nav, inputs.capWad, WAD), value);
    surplus = add(surplus, subtract(seat.claim, capped));
    seat.claim = capped;
  }
  return surplus;
}

function byAccount(seats: readonly Seat[]): AccountClaim[] {
  const claims = new Map<string, { account: string; pool: Pool; inKind: Map<string, bigint> }>();
  for (const seat of seats) {
    const { address } = seat.account;
    const claim = claims.get(address) ?? { account: address, pool: EMPTY, inKind: new Map<string, bigint>() };
    claim.pool = add(claim.pool, seat.claim);
    seat.rows.forEach(({ token }, k) => {
      if (seat.inKind[k]! > 0n) claim.inKind.set(token, (claim.inKind.get(token) ?? 0n) + seat.inKind[k]!);
    });
    claims.set(address, claim);
  }
  return [...claims.values()];
}
