import { CHART, type EntryDraft, type Position, type Posting } from "@shortfall/core";
import { abs, RAY } from "@shortfall/math";
import type { Market } from "../market.js";
import type { Reserve } from "../reserve.js";
import type { StakeToken } from "../stake-token.js";
import type { Accrual, Effects } from "../step.js";
import { RoundingBoundError } from "./errors.js";
import {
  positionAfterAccrual,
  positionOf,
  type ReservePosition,
  type StakePosition,
  stakePositionOf,
} from "./position.js";

/** An entry and the control totals that must hold right after it. */
export interface PlannedEntry {
  readonly draft: EntryDraft;
  readonly controls: readonly {
    readonly pool: string;
    readonly totals: readonly (readonly [account: string, commodity: string, total: bigint])[];
  }[];
}

export interface OperationFacts {
  readonly kind: string;
  readonly position: Position;
  readonly account?: string | undefined;
  readonly deficit?: string | undefined;
}

/** Share class of aToken holders, and of stakers. */
/** Class of a reserve's suppliers in the books. */
export const ATOKEN_CLASS = "aToken";
const ATOKENS = CHART.suppliers(ATOKEN_CLASS);
const STAKERS = CHART.suppliers("stake");

/**
 * Turns operations into balanced entries by the change of each reserve's own totals. Plans only; whoever
 * accepts the transaction appends.
 */
export class PostingPlanner {
  readonly #market: Market;
  readonly #reserves = new Map<Reserve, ReservePosition>();
  readonly #stakes = new Map<StakeToken, StakePosition>();

  constructor(market: Market) {
    this.#market = market;
    for (const reserve of market.reserves) this.#reserves.set(reserve, positionOf(market, reserve));
    for (const stake of market.stakes) this.#stakes.set(stake, stakePositionOf(market, stake));
  }

  /** Opening balances; what assets exceed claims by is the pool's own. */
  opening(position: Position): PlannedEntry {
    const postings: Posting[] = [];
    const controls: PlannedEntry["controls"][number][] = [];
    for (const [reserve, now] of this.#reserves) {
      const rows = reservePostings(reserve, NOTHING, now);
      postings.push(...rows, balancing(rows, reserve.symbol, CHART.reserves));
      controls.push(reserveControls(reserve, now));
    }
    for (const [stake, now] of this.#stakes) {
      const rows = stakePostings(stake, { cash: 0n, holders: 0n }, now);
      postings.push(...rows, balancing(rows, stake.symbol, CHART.donation, stake.underlying));
      controls.push(stakeControls(stake, now));
    }
    return { draft: { kind: "open", position, postings }, controls };
  }

  /** Entries of an operation that has just been executed: its accruals first, then the operation. */
  plan(facts: OperationFacts, effects: Effects): PlannedEntry[] {
    const entries: PlannedEntry[] = [];
    for (const accrual of effects.accruals) entries.push(...this.#planAccrual(facts, accrual));
    const postings: Posting[] = [];
    const controls: PlannedEntry["controls"][number][] = [];
    for (const reserve of effects.touched) {
      postings.push(...this.#planReserve(facts, reserve, effects));
      controls.push(reserveControls(reserve, this.#held(reserve)));
    }
    for (const stake of this.#market.stakes) {
      if (!effects.stakes.has(stake)) continue;
      postings.push(...this.#planStake(stake));
      controls.push(stakeControls(stake, stakePositionOf(this.#market, stake)));
    }
    entries.push({ draft: this.#draft(facts, postings), controls });
    return entries;
  }

  /** Forgets what was planned since: the positions are those of the market again. */
  reset(): void {
    for (const reserve of this.#market.reserves) {
      this.#reserves.set(reserve, positionOf(this.#market, reserve));
    }
    for (const stake of this.#market.stakes) this.#stakes.set(stake, stakePositionOf(this.#market, stake));
  }

  #draft(facts: OperationFacts, postings: readonly Posting[]): EntryDraft {
    const { kind, position, account, deficit } = facts;
    return {
      kind,
      position,
      postings,
      ...(account === undefined ? {} : { account }),
      ...(deficit === undefined ? {} : { deficit }),
    };
  }

  #held(reserve: Reserve): ReservePosition {
    return this.#reserves.get(reserve) ?? NOTHING;
  }

  #planAccrual(facts: OperationFacts, accrual: Accrual): PlannedEntry[] {
    const { reserve } = accrual;
    const before = this.#held(reserve);
    const { single, doubled } = positionAfterAccrual(this.#market, before, accrual);
    const rows = reservePostings(reserve, before, single);
    const entries: PlannedEntry[] = [
      {
        draft: {
          kind: "accrue",
          position: facts.position,
          postings: [...rows, balancing(rows, reserve.symbol, CHART.interest)],
        },
        controls: [reserveControls(reserve, single)],
      },
    ];
    if (accrual.duplicateScaled !== 0n) {
      // Claims that nobody paid for: the treasury's share of the same interest a second time.
      const again = reservePostings(reserve, single, doubled);
      entries.push({
        draft: {
          kind: "double-treasury-accrual",
          position: facts.position,
          postings: [...again, balancing(again, reserve.symbol, CHART.reserves)],
          memo: "This release books the treasury share of a same-asset liquidation twice.",
        },
        controls: [reserveControls(reserve, doubled)],
      });
    }
    this.#reserves.set(reserve, doubled);
    return entries;
  }

  #planReserve(facts: OperationFacts, reserve: Reserve, effects: Effects): Posting[] {
    const before = this.#held(reserve);
    const after = positionOf(this.#market, reserve);
    this.#reserves.set(reserve, after);
    const post = (account: string, amount: bigint): Posting => ({
      pool: reserve.symbol,
      account,
      commodity: reserve.symbol,
      amount,
    });
    const forgiven = effects.created
      .filter((created) => created.reserve === reserve)
      .reduce((sum, created) => sum + created.forgivenAssets, 0n);
    const postings = [
      ...reservePostings(reserve, before, after),
      post(CHART.outside, effects.outside.get(reserve) ?? 0n),
      post(CHART.donation, -(effects.donations.get(reserve) ?? 0n)),
      post(CHART.writeOff, forgiven),
    ].filter((posting) => posting.amount !== 0n);
    const dust = balancing(postings, reserve.symbol, CHART.rounding("pool"));
    const bound = roundingBound(reserve, after, facts.kind, effects.moves.get(reserve) ?? 0);
    if (abs(dust.amount) > bound) {
      throw new RoundingBoundError(facts.kind, reserve.symbol, dust.amount, bound);
    }
    return [...postings, dust];
  }

  #planStake(stake: StakeToken): Posting[] {
    const before = this.#stakes.get(stake) ?? { cash: 0n, holders: 0n };
    const after = stakePositionOf(this.#market, stake);
    this.#stakes.set(stake, after);
    const rows = stakePostings(stake, before, after);
    return [...rows, balancing(rows, stake.symbol, CHART.donation, stake.underlying)];
  }
}

const NOTHING: ReservePosition = { cash: 0n, loans: 0n, deficit: 0n, suppliers: 0n, treasury: 0n };

function reservePostings(reserve: Reserve, before: ReservePosition, after: ReservePosition): Posting[] {
  const post = (account: string, amount: bigint): Posting => ({
    pool: reserve.symbol,
    account,
    commodity: reserve.symbol,
    amount,
  });
  return [
    post(CHART.cash, after.cash - before.cash),
    post(CHART.loans, after.loans - before.loans),
    post(CHART.deficit, after.deficit - before.deficit),
    post(ATOKENS, before.suppliers - after.suppliers),
    post(CHART.treasury, before.treasury - after.treasury),
  ];
}

function stakePostings(stake: StakeToken, before: StakePosition, after: StakePosition): Posting[] {
  const post = (account: string, amount: bigint): Posting => ({
    pool: stake.symbol,
    account,
    commodity: stake.underlying,
    amount,
  });
  return [post(CHART.cash, after.cash - before.cash), post(STAKERS, before.holders - after.holders)];
}

/** The posting that makes the rows of a pool sum to zero. */
function balancing(rows: readonly Posting[], pool: string, account: string, commodity = pool): Posting {
  return { pool, account, commodity, amount: -rows.reduce((sum, row) => sum + row.amount, 0n) };
}

/**
 * Most that rounding can leave of an operation in one reserve: each share movement is off by less than one
 * scaled unit, each of the four totals by less than one unit before and after. A flash premium shared with
 * suppliers also rounds the index, which all claims are multiplied by.
 */
function roundingBound(reserve: Reserve, after: ReservePosition, kind: string, moves: number): bigint {
  const index =
    reserve.borrowIndexRay > reserve.liquidityIndexRay ? reserve.borrowIndexRay : reserve.liquidityIndexRay;
  const perMove = index / RAY + 2n;
  const premium = kind === "flash-loan-end" ? (2n * (after.suppliers + after.treasury)) / RAY + 2n : 0n;
  return BigInt(moves) * perMove + premium + (moves === 0 ? 0n : 4n);
}

const reserveControls = (reserve: Reserve, at: ReservePosition): PlannedEntry["controls"][number] => ({
  pool: reserve.symbol,
  totals: [
    [CHART.cash, reserve.symbol, at.cash],
    [CHART.loans, reserve.symbol, at.loans],
    [CHART.deficit, reserve.symbol, at.deficit],
    [ATOKENS, reserve.symbol, -at.suppliers],
    [CHART.treasury, reserve.symbol, -at.treasury],
  ],
});

const stakeControls = (stake: StakeToken, at: StakePosition): PlannedEntry["controls"][number] => ({
  pool: stake.symbol,
  totals: [
    [CHART.cash, stake.underlying, at.cash],
    [STAKERS, stake.underlying, -at.holders],
  ],
});
