import type { DeficitRegister, PoolFacts, Position, WriteOff } from "@shortfall/core";
import { type Assessment, assess } from "./insolvency.js";
import type { Market } from "./market.js";
import type { NativeOutcome, NativeWaterfall } from "./native-waterfall.js";
import type { Pool } from "./pool.js";
import type { Step } from "./step.js";
import { borrowBalanceStored } from "./valuation.js";
import { transactionOf } from "./write-off-id.js";

/** Debt of one account in one market that its collateral does not cover, as marked when last touched. */
export interface InsolvencyMark {
  readonly id: string;
  readonly market: Market;
  readonly account: number;
  readonly position: Position;
  /** Not covered by collateral at the prices then; all of the debt where nothing is left to seize. */
  readonly grossAssets: bigint;
  /** What the best possible liquidation would have left. */
  readonly afterIncentiveAssets: bigint;
  /** Whether nothing was left to seize. Only then can no price bring it back. */
  readonly dead: boolean;
  /** Share token balances that the loss would be weighed by. */
  readonly epoch: number;
  /** What the protocol's own waterfall does with it. */
  readonly outcome: NativeOutcome;
  /** The market as the waterfall found it; undefined where the contracts recognise bad debt themselves. */
  readonly facts: PoolFacts | undefined;
  /** The debt without the interest since the mark: it follows repayments. */
  baseline: bigint;
}

type Target = Pick<InsolvencyMark, "grossAssets" | "afterIncentiveAssets" | "dead">;

/**
 * Debts that collateral no longer covers and that no contract writes off.
 *
 * An account is marked when a liquidation leaves it insolvent, or any operation leaves it with debt and
 * nothing to seize. The mark is provisional: touched again, the account is marked anew or the mark is taken
 * back. Interest on debts with nothing behind them is phantom interest; repayment of such a debt by anybody
 * is a recovery.
 */
export class InsolvencyMarks {
  readonly #pool: Pool;
  /** Undefined where the contracts recognise bad debt themselves: then dead debts are only measured. */
  readonly #register: DeficitRegister | undefined;
  readonly #waterfall: NativeWaterfall;
  readonly #entered: boolean;
  readonly #open = new Map<string, InsolvencyMark>();
  readonly #all = new Map<string, InsolvencyMark>();

  constructor(
    pool: Pool,
    register: DeficitRegister | undefined,
    waterfall: NativeWaterfall,
    entered: boolean,
  ) {
    this.#pool = pool;
    this.#register = register;
    this.#waterfall = waterfall;
    this.#entered = entered;
  }

  /** Marks accounts that the history starts with and that have nothing to seize. */
  open(position: Position): void {
    for (let account = 0; account < this.#pool.accounts.size; account++) {
      this.#mark(assess(this.#pool, account, this.#entered), position, false);
    }
  }

  /** Takes note of an accepted operation. */
  note(step: Step, position: Position): void {
    for (const { account, market, assets } of step.debtMoves) this.#moved(market, account, assets);
    const liquidated = new Set(
      step.logs.flatMap(({ name, args }) => (name === "LiquidateBorrow" ? String(args.borrower) : [])),
    );
    for (const assessment of step.assessments) {
      this.#mark(assessment, position, liquidated.has(this.#pool.accounts.keyOf(assessment.account)));
    }
  }

  /** Interest so far on debts with nothing behind them, by market index. */
  phantomInterest(): bigint[] {
    const sums = this.#pool.markets.map(() => 0n);
    for (const { market, account, baseline, dead } of this.#open.values()) {
      if (!dead) continue;
      sums[market.index] = (sums[market.index] ?? 0n) + borrowBalanceStored(market, account) - baseline;
    }
    return sums;
  }

  /** Marks that stand, in the order they were made. */
  standing(): readonly InsolvencyMark[] {
    return [...this.#open.values()];
  }

  find(id: string): InsolvencyMark | undefined {
    return this.#all.get(id);
  }

  /** Marks that were not taken back, as write-offs that nobody took. */
  writeOffs(): WriteOff[] {
    const register = this.#register;
    if (!register) return [];
    return [...this.#all.values()]
      .filter(({ id }) => register.get(id).status !== "reversed")
      .map((mark) => ({
        id: mark.id,
        position: mark.position,
        pool: mark.market.token,
        asset: this.#pool.assetOf(mark.market).commodity,
        account: this.#pool.accounts.keyOf(mark.account),
        reported: mark.grossAssets,
        recomputed: mark.grossAssets,
        source: mark.dead
          ? "implied: debt by the logs, nothing left to seize"
          : "implied: debt and collateral by the logs, at the last prices",
        ...mark.outcome,
      }));
  }

  #moved(market: Market, account: number, assets: bigint): void {
    const open = this.#open.get(key(market, account));
    if (!open?.dead) return;
    open.baseline += assets;
    if (assets >= 0n || !this.#register) return;
    const { uncovered } = this.#register.get(open.id);
    const repaid = -assets;
    const principal = repaid < uncovered ? repaid : uncovered;
    this.#register.recover(open.id, [], principal, repaid - principal);
  }

  #mark({ account, dead, debts }: Assessment, position: Position, liquidated: boolean): void {
    const marked = this.#pool.markets.some((market) => this.#open.has(key(market, account)));
    for (const { market, debtAssets, grossAssets, afterIncentiveAssets } of debts) {
      const counts = dead ? debtAssets > 0n : (liquidated || marked) && grossAssets > 0n;
      const target = counts ? { grossAssets, afterIncentiveAssets, dead } : undefined;
      this.#settle(market, account, debtAssets, target, position);
    }
  }

  /** Replaces a mark by what is true now. A debt that stays dead keeps its mark and only bears interest. */
  #settle(
    market: Market,
    account: number,
    debt: bigint,
    target: Target | undefined,
    position: Position,
  ): void {
    const open = this.#open.get(key(market, account));
    if (open && target && (open.dead ? target.dead : open.grossAssets === target.grossAssets && !target.dead))
      return;
    if (open) this.#close(open, debt);
    if (target) this.#recognise(market, account, debt, target, position);
  }

  #close(open: InsolvencyMark, debt: bigint): void {
    this.#open.delete(key(open.market, open.account));
    if (!this.#register) return;
    // A dead debt that was repaid ends as a recovery; anything else takes the mark back.
    if (open.dead && debt === 0n) this.#register.realise(open.id);
    else this.#register.reverse(open.id);
  }

  #recognise(market: Market, account: number, debt: bigint, target: Target, position: Position): void {
    const borrower = this.#pool.accounts.keyOf(account);
    const name = `insolvent:${transactionOf(position)}:${market.token}:${borrower}`;
    let id = name;
    for (let again = 2; this.#all.has(id); again++) id = `${name}:${again}`;
    const mark: InsolvencyMark = {
      id,
      market,
      account,
      position,
      grossAssets: target.grossAssets,
      afterIncentiveAssets: target.afterIncentiveAssets,
      dead: target.dead,
      epoch: this.#register ? market.tokens.checkpoint() : 0,
      facts: this.#register ? this.#waterfall.factsOf(market) : undefined,
      outcome: this.#register
        ? this.#waterfall.absorb(market, id, target.grossAssets, borrower, position)
        : { layers: [], uncovered: target.grossAssets },
      baseline: debt,
    };
    this.#open.set(key(market, account), mark);
    this.#all.set(id, mark);
    this.#register?.recognise({
      id,
      pool: market.token,
      asset: this.#pool.assetOf(market).commodity,
      borrower,
      recognised: mark.grossAssets,
      recognisedAt: position,
      provisional: true,
      layers: mark.outcome.layers.map(({ layer, policy, amount }) => ({ layer, policy, taken: amount })),
      epoch: mark.epoch,
    });
  }
}

const key = (market: Market, account: number): string => `${market.index}:${account}`;
