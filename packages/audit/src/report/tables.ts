import type { HaircutTable } from "@shortfall/core";
import { csvLine } from "./csv.js";
import type { ReportData } from "./report-data.js";

/** Columns of `writeoffs.csv`. */
export const WRITE_OFF_COLUMNS = [
  "id",
  "history",
  "block",
  "timestamp",
  "tx",
  "logIndex",
  "pool",
  "asset",
  "decimals",
  "account",
  "reported",
  "recomputed",
  "difference",
  "class",
  "source",
  "layers",
  "uncovered",
] as const;

/** One row a write-off; amounts in base units. `layers` reads `layer=amount; …` in loss order. */
export function* writeOffRows(data: ReportData): Generator<string> {
  yield csvLine(WRITE_OFF_COLUMNS);
  for (const row of data.writeOffs) {
    yield csvLine([
      row.id,
      row.file,
      row.block,
      row.timestamp,
      row.tx,
      row.logIndex ?? "",
      row.pool,
      row.asset,
      row.decimals,
      row.account,
      row.reported,
      row.recomputed,
      row.difference,
      row.class,
      row.source,
      row.layers.map(({ layer, amount }) => `${layer}=${amount}`).join("; "),
      row.uncovered,
    ]);
  }
}

/** Columns of `haircuts.csv`. */
export const HAIRCUT_COLUMNS = [
  "writeOff",
  "pool",
  "bearer",
  "asset",
  "basis",
  "absorbed",
  "kind",
  "account",
  "shares",
  "loss",
] as const;

/** One row a holder, then one for the dust and its owner; each table's losses sum to `absorbed`. */
export function* haircutRows(tables: Iterable<HaircutTable>): Generator<string> {
  yield csvLine(HAIRCUT_COLUMNS);
  for (const table of tables) {
    const { writeOff, pool, bearer, asset, basis, absorbed } = table;
    const head = [writeOff, pool, bearer, asset, basis, absorbed];
    for (const { account, shares, loss } of table.rows) {
      yield csvLine([...head, "holder", account, shares, loss]);
    }
    yield csvLine([...head, "dust", table.dustOwner, "", table.dust]);
  }
}

/** Balances by history, pool, account and commodity; debit positive, base units. */
export function* trialBalanceRows(data: ReportData): Generator<string> {
  yield csvLine(["history", "pool", "account", "commodity", "balance"]);
  for (const row of data.trialBalance) {
    yield csvLine([row.history, row.pool, row.account, row.commodity, row.balance]);
  }
}
