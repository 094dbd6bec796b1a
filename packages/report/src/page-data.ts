import type { ReportView } from "./report-view.js";
import { plainText } from "./text/escape.js";

/** Rows of holders that a page carries. */
export const EMBEDDED_HOLDERS = 250_000;

/** A write-off as the page checks it; amounts are decimal texts in base units. */
export interface PageWriteOff {
  /** Number shown in the table. */
  readonly number: number;
  readonly asset: number;
  readonly reported: string;
  readonly recomputed: string;
  readonly difference: string;
  readonly uncovered: string;
  readonly layers: readonly string[];
}

/** Holders of one layer of one pool: what they absorbed is the sum of their losses and the dust. */
export interface PageGroup {
  readonly pool: string;
  readonly bearer: string;
  readonly asset: string;
  readonly decimals: number;
  readonly implied: boolean;
  readonly absorbed: string;
  readonly dust: string;
}

/** What the page holds for its table of holders: columns, joined, in the order shown first. */
export interface PageHolders {
  readonly groups: readonly PageGroup[];
  readonly accounts: string;
  readonly group: string;
  readonly writeOffs: string;
  readonly loss: string;
  /** Whether every holder is here. */
  readonly complete: boolean;
}

export interface PageFacts {
  readonly writeOffs: readonly PageWriteOff[];
}

export function pageFacts(view: ReportView): PageFacts {
  const places = new Map(view.totals.map((row, index) => [row.asset, index]));
  return {
    writeOffs: view.data.writeOffs.map((row, index) => ({
      number: index + 1,
      asset: places.get(row.asset) ?? 0,
      reported: `${row.reported}`,
      recomputed: `${row.recomputed}`,
      difference: `${row.difference}`,
      uncovered: `${row.uncovered}`,
      layers: row.layers.map(({ amount }) => `${amount}`),
    })),
  };
}

export function pageHolders(view: ReportView): PageHolders {
  const { rows, totals } = view.holders;
  const keyOf = (row: { pool: string; bearer: string; asset: string; basis: string }): string =>
    [row.pool, row.bearer, row.asset, row.basis].join("\u0000");
  const indices = new Map(totals.map((total, index) => [keyOf(total), index]));
  const shown = rows.slice(0, EMBEDDED_HOLDERS);
  return {
    groups: totals.map((total) => ({
      pool: plainText(total.pool),
      bearer: plainText(total.bearer),
      asset: plainText(view.asset(total.asset).name),
      decimals: view.asset(total.asset).decimals,
      implied: total.basis === "implied",
      absorbed: `${total.absorbed}`,
      dust: `${total.dust}`,
    })),
    accounts: shown.map((row) => plainText(row.account)).join("\n"),
    group: shown.map((row) => indices.get(keyOf(row)) ?? 0).join(","),
    writeOffs: shown.map((row) => row.writeOffs).join(","),
    loss: shown.map((row) => `${row.loss}`).join(","),
    complete: shown.length === rows.length,
  };
}
