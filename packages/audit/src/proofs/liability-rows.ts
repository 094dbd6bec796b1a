import type { TrialBalanceRow } from "@shortfall/core";
import { CHART } from "@shortfall/core";
import { csvLine, parseCsvLine } from "../report/csv.js";
import type { HistoryLiabilities } from "./liability-tree.js";

/** Name of the table of liabilities in a report folder. */
export const LIABILITIES_NAME = "liabilities.csv";

/** Columns of `liabilities.csv`. */
export const LIABILITY_COLUMNS = ["history", "pool", "class", "asset", "kind", "account", "assets"] as const;

/** A balance of a trial balance, and the history it is of. */
type Balance = TrialBalanceRow & { readonly history: string };

/** One row a holder, then one for rounding: Σ of both is what the class's control account says is owed. */
export function* liabilityRows(
  tables: Iterable<HistoryLiabilities>,
  trialBalance: readonly Balance[],
): Generator<string> {
  yield csvLine(LIABILITY_COLUMNS);
  for (const table of tables) {
    const head = [table.history, table.pool, table.class, table.asset];
    let owed = 0n;
    for (const { account, assets } of table.rows) {
      owed += assets;
      yield csvLine([...head, "holder", account, assets]);
    }
    yield csvLine([...head, "rounding", "", controlOf(table, trialBalance) - owed]);
  }
}

/** What the books say a class is owed. */
export function controlOf(
  table: Pick<HistoryLiabilities, "history" | "pool" | "class" | "asset">,
  trialBalance: readonly Balance[],
): bigint {
  const row = trialBalance.find(
    ({ history, pool, account, commodity }) =>
      history === table.history &&
      pool === table.pool &&
      account === CHART.suppliers(table.class) &&
      commodity === table.asset,
  );
  return row ? -row.balance : 0n;
}

/** A table as its lines say it. */
export interface StoredLiabilities extends HistoryLiabilities {
  readonly rounding: bigint;
}

/** Reads the lines of `liabilities.csv`; a table is handed on when its row of rounding closes it. */
export class LiabilityReader {
  readonly failures: string[] = [];
  readonly #closed: (table: StoredLiabilities) => void;
  #line = 0;
  #key = "";
  #rows: { readonly account: string; readonly assets: bigint }[] = [];

  constructor(closed: (table: StoredLiabilities) => void) {
    this.#closed = closed;
  }

  line(text: string): void {
    this.#line++;
    if (this.#line === 1) {
      if (text !== LIABILITY_COLUMNS.join(",")) this.#fail("does not name the columns");
      return;
    }
    const [history, pool, name, asset, kind, account, assets, ...more] = parseCsvLine(text) ?? [];
    const readable =
      history !== undefined &&
      pool !== undefined &&
      name !== undefined &&
      asset !== undefined &&
      account !== undefined &&
      more.length === 0 &&
      /^-?\d+$/.test(assets ?? "");
    if (!readable) {
      this.#fail("is not readable");
      return;
    }
    const key = [history, pool, name, asset].join("\u0000");
    if (this.#rows.length > 0 && key !== this.#key)
      this.#fail("begins a table before the last one is closed");
    this.#key = key;
    const units = BigInt(assets ?? "");
    if (kind === "holder" && units > 0n) this.#rows.push({ account, assets: units });
    else if (kind === "rounding") {
      this.#closed({ history, pool, class: name, asset, rows: this.#rows, rounding: units });
      this.#rows = [];
    } else this.#fail("is neither a holder nor rounding");
  }

  /** No more lines. */
  end(): void {
    if (this.#line === 0) this.failures.push("is empty");
    if (this.#rows.length > 0) this.#fail("ends within a table");
  }

  #fail(what: string): void {
    this.failures.push(`line ${this.#line} ${what}`);
  }
}
