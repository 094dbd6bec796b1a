import type { Posting } from "./entry.js";

/** A line of the trial balance. */
export interface TrialBalanceRow {
  readonly pool: string;
  readonly account: string;
  readonly commodity: string;
  /** Debit positive. */
  readonly balance: bigint;
}

type Row = TrialBalanceRow & { balance: bigint };

/** Balances by pool, account and commodity. Names are looked up one by one, so that none has to be joined. */
export class TrialBalance {
  readonly #rows: Row[] = [];
  readonly #pools = new Map<string, Map<string, Map<string, Row>>>();

  move({ pool, account, commodity, amount }: Posting): void {
    const row = this.#pools.get(pool)?.get(account)?.get(commodity);
    if (row) row.balance += amount;
    else this.#open({ pool, account, commodity, balance: amount });
  }

  of(pool: string, account: string, commodity: string): bigint {
    return this.#pools.get(pool)?.get(account)?.get(commodity)?.balance ?? 0n;
  }

  /** Sorted by pool, account and commodity. */
  rows(): TrialBalanceRow[] {
    const key = (row: Row): string => `${row.pool}\u0000${row.account}\u0000${row.commodity}`;
    return this.#rows
      .map((row) => [key(row), row] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, row]) => ({ ...row }));
  }

  #open(row: Row): void {
    this.#rows.push(row);
    const accounts = this.#pools.get(row.pool) ?? new Map<string, Map<string, Row>>();
    const commodities = accounts.get(row.account) ?? new Map<string, Row>();
    this.#pools.set(row.pool, accounts.set(row.account, commodities.set(row.commodity, row)));
  }
}
