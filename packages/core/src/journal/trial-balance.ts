import type { Posting } from "./entry.js";
import { aroundAmount } from "./entry-line.js";

/** A line of the trial balance. */
export interface TrialBalanceRow {
  readonly pool: string;
  readonly account: string;
  readonly commodity: string;
  /** Debit positive. */
  readonly balance: bigint;
}

interface Row {
  readonly name: Omit<Posting, "amount">;
  balance: bigint;
  /** Text of its postings, before and after the amount. */
  readonly before: string;
  readonly after: string;
}

/** Balances by pool, account and commodity. Names are looked up one by one, so that none has to be joined. */
export class TrialBalance {
  readonly #rows: Row[] = [];
  readonly #pools = new Map<string, Map<string, Map<string, Row>>>();

  /** Adds a posting to its balance. */
  add(posting: Posting): void {
    this.#row(posting).balance += posting.amount;
  }

  /** The same; returns the posting's canonical text. */
  move(posting: Posting): string {
    const row = this.#row(posting);
    row.balance += posting.amount;
    return row.before + posting.amount + row.after;
  }

  of(pool: string, account: string, commodity: string): bigint {
    return this.#pools.get(pool)?.get(account)?.get(commodity)?.balance ?? 0n;
  }

  /** Sorted by pool, account and commodity. */
  rows(): TrialBalanceRow[] {
    const key = ({ name }: Row): string => `${name.pool}\u0000${name.account}\u0000${name.commodity}`;
    return this.#rows
      .map((row) => [key(row), row] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, { name, balance }]) => ({ ...name, balance }));
  }

  #row(posting: Posting): Row {
    const { pool, account, commodity } = posting;
    return this.#pools.get(pool)?.get(account)?.get(commodity) ?? this.#open(posting);
  }

  #open({ pool, account, commodity }: Posting): Row {
    const name = { pool, account, commodity };
    const [before, after] = aroundAmount(name);
    const row: Row = { name, balance: 0n, before, after };
    this.#rows.push(row);
    const accounts = this.#pools.get(pool) ?? new Map<string, Map<string, Row>>();
    const commodities = accounts.get(account) ?? new Map<string, Row>();
    this.#pools.set(pool, accounts.set(account, commodities.set(commodity, row)));
    return row;
  }
}
