import type { DeficitRegister, Position, PredictedLog, WriteOff } from "@shortfall/core";
import { hasNoCollateral } from "./insolvency.js";
import type { Market } from "./market.js";
import type { Pool } from "./pool.js";
import type { Step } from "./step.js";
import { borrowBalanceStored } from "./valuation.js";

/** A debt with nothing left behind it. */
export interface DeadDebt {
  readonly id: string;
  readonly market: Market;
  readonly account: number;
  readonly position: Position;
  /** Owed when nothing was left to seize. */
  readonly recognised: bigint;
  /** Rounds of share token balances that the loss would be weighed by. */
  readonly epoch: number;
  readonly source: string;
  /** What of today's debt is no interest since: recognised less repaid. Negative once interest was paid too. */
  baseline: bigint;
}

/**
 * Debts whose collateral is gone and which no contract has written off.
 *
 * They are recognised here when an operation leaves an account with debt and nothing to seize, grow by
 * interest that nobody will pay (phantom interest), and end when the account posts collateral again or is
 * repaid by somebody.
 */
export class DeadDebts {
  readonly #pool: Pool;
  /** Undefined where the protocol has its own register of bad debt and these are only shown. */
  readonly #register: DeficitRegister | undefined;
  readonly #entered: boolean;
  readonly #open = new Map<string, DeadDebt>();
  readonly #all: DeadDebt[] = [];

  constructor(pool: Pool, register: DeficitRegister | undefined, entered: boolean) {
    this.#pool = pool;
    this.#register = register;
    this.#entered = entered;
  }

  /** Takes note of accepted operations. `idOf` makes a stable id from account and market. */
  note(step: Step, position: Position, idOf: (market: Market, account: number) => string): void {
    for (const { account, market, assets } of step.debtMoves) this.#moved(market, account, assets);
    for (const account of step.accounts) {
      const dead = hasNoCollateral(this.#pool, account, this.#entered);
      for (const market of this.#pool.markets) {
        const debt = borrowBalanceStored(market, account);
        const open = this.#open.get(key(market, account));
        if (open && (debt === 0n || !dead)) this.#close(open, debt);
        else if (!open && dead && debt > 0n) {
          this.#recognise(step, market, account, debt, position, idOf(market, account));
        }
      }
    }
  }

  /** Interest so far on what is dead now, by market index. */
  phantomInterest(): bigint[] {
    const sums = this.#pool.markets.map(() => 0n);
    for (const { market, account, baseline } of this.#open.values()) {
      sums[market.index] = (sums[market.index] ?? 0n) + borrowBalanceStored(market, account) - baseline;
    }
    return sums;
  }

  /** Debts dead now, in order of recognition. */
  open(): readonly DeadDebt[] {
    return [...this.#open.values()];
  }

  find(id: string): DeadDebt | undefined {
    return this.#all.find((debt) => debt.id === id);
  }

  /** One for each debt ever recognised and not reversed, as write-offs that nobody took. */
  writeOffs(): WriteOff[] {
    const register = this.#register;
    if (!register) return [];
    return this.#all
      .filter((debt) => register.get(debt.id).status !== "reversed")
      .map((debt) => ({
        id: debt.id,
        position: debt.position,
        pool: debt.market.token,
        asset: this.#pool.assetOf(debt.market).commodity,
        account: this.#pool.accounts.keyOf(debt.account),
        reported: debt.recognised,
        recomputed: debt.recognised,
        source: debt.source,
        layers: [],
        uncovered: debt.recognised,
      }));
  }

  #moved(market: Market, account: number, assets: bigint): void {
    const open = this.#open.get(key(market, account));
    if (!open) return;
    open.baseline += assets;
    if (assets >= 0n || !this.#register) return;
    const { uncovered } = this.#register.get(open.id);
    const repaid = -assets;
    const principal = repaid < uncovered ? repaid : uncovered;
    this.#register.recover(open.id, [], principal, repaid - principal);
  }

  #close(open: DeadDebt, debt: bigint): void {
    this.#open.delete(key(open.market, open.account));
    if (!this.#register) return;
    // Repaid in full is a recovery, already booked; collateral posted again takes the recognition back.
    if (debt > 0n) this.#register.reverse(open.id);
    else this.#register.realise(open.id);
  }

  #recognise(
    step: Step,
    market: Market,
    account: number,
    debt: bigint,
    position: Position,
    id: string,
  ): void {
    const borrower = this.#pool.accounts.keyOf(account);
    const open: DeadDebt = {
      id,
      market,
      account,
      position,
      recognised: debt,
      epoch: market.tokens.checkpoint(),
      source: step.logs.some((log) => leavesDebt(log, market, borrower, debt))
        ? "RepayBorrow.accountBorrows, with nothing left to seize"
        : "borrow balance at the stored index, with nothing left to seize",
      baseline: debt,
    };
    this.#open.set(key(market, account), open);
    this.#all.push(open);
    this.#register?.recognise({
      id,
      pool: market.token,
      asset: this.#pool.assetOf(market).commodity,
      borrower,
      recognised: debt,
      recognisedAt: position,
      provisional: true,
      layers: [],
      epoch: open.epoch,
    });
  }
}

const leavesDebt = (log: PredictedLog, market: Market, borrower: string, debt: bigint): boolean =>
  log.name === "RepayBorrow" &&
  log.address === market.token &&
  log.args["borrower"] === borrower &&
  log.args["accountBorrows"] === debt;

const key = (market: Market, account: number): string => `${market.index}:${account}`;
