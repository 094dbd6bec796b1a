import { CHART, Journal, type Position, type Posting, waterfallReference } from "@shortfall/core";
import type { Family } from "./family.js";
import { controlsOf, postingsOf } from "./posting.js";
import { type MarketTotals, type Step, totalsOf } from "./step.js";

/**
 * The journal of a pool. Every accepted operation is posted as one entry, its accruals before it as their
 * own; each is checked against the contract's totals at that moment.
 *
 * Each market is a pool of its own, named by its token; so is each purse. Loans are the contract's
 * totalBorrows, which truncation lets drift from the sum of the accounts' debts in either direction.
 */
export class Bookkeeping<O extends { readonly kind: string }> {
  readonly journal: Journal;
  readonly #family: Family<O>;

  constructor(family: Family<O>) {
    this.#family = family;
    this.journal = new Journal({
      model: `${family.protocol} ${family.version}`,
      waterfalls: family.pool.markets.map((market) => waterfallReference(market.token, family.waterfall)),
    });
  }

  /** Posts what the history starts with. */
  open(position: Position): void {
    const { pool } = this.#family;
    const postings: Posting[] = [];
    for (const market of pool.markets) {
      const { commodity } = pool.assetOf(market);
      for (const [account, , amount] of controlsOf(totalsOf(market), commodity)) {
        postings.push({ pool: market.token, account, commodity, amount });
      }
    }
    for (const purse of pool.purses) {
      for (const { index, commodity } of pool.assets) {
        const amount = purse.balance(index);
        postings.push({ pool: purse.address, account: CHART.cash, commodity, amount });
        postings.push({ pool: purse.address, account: purse.owed, commodity, amount: -amount });
      }
    }
    this.journal.append({ kind: "open", position, postings });
    for (const market of pool.markets) this.#requireMarket(totalsOf(market), "open");
  }

  /**
   * Posts the segments of an operation.
   *
   * @throws {ControlMismatchError} postings and state disagree: an error in this model.
   */
  post(step: Step, position: Position): void {
    const { pool } = this.#family;
    for (const segment of step.segments) {
      const entry = this.journal.append({
        kind: segment.kind,
        position,
        postings: postingsOf(pool, segment, step.logs, (market, account, commodity) =>
          this.journal.balance(market, account, commodity),
        ),
        ...(segment.account === undefined ? {} : { account: segment.account }),
      });
      for (const totals of segment.totals) this.#requireMarket(totals, `${segment.kind} ${entry.sequence}`);
    }
  }

  /** Checks what the contracts beside the markets hold, once their operations are posted. */
  requirePurses(entry: string): void {
    const { pool } = this.#family;
    for (const purse of pool.purses) {
      this.journal.requireControls(
        purse.address,
        pool.assets.map(({ index, commodity }) => [CHART.cash, commodity, purse.balance(index)] as const),
        entry,
      );
    }
  }

  #requireMarket(totals: MarketTotals, entry: string): void {
    const { pool } = this.#family;
    const { commodity } = pool.assetOf(totals.market);
    this.journal.requireControls(totals.market.token, controlsOf(totals, commodity), entry);
  }
}
