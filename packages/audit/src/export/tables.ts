import { canonicalJson, type ExportBook, type Exporter } from "@shortfall/core";
import { formatAmount } from "@shortfall/math/decimal";
import { csvLine } from "../report/csv.js";
import { dayOf, shownAs } from "./entry-text.js";

function* postingRows(book: ExportBook): Generator<string> {
  yield csvLine([
    "sequence",
    "kind",
    "date",
    "block",
    "timestamp",
    "tx",
    "logIndex",
    "pool",
    "account",
    "commodity",
    "name",
    "decimals",
    "units",
    "amount",
    "who",
    "deficit",
  ]);
  for (const entry of book.entries()) {
    const { position } = entry;
    for (const { pool, account, commodity, amount } of entry.postings) {
      const { name, decimals } = shownAs(book, commodity);
      yield csvLine([
        entry.sequence,
        entry.kind,
        dayOf(position.timestamp),
        position.block,
        position.timestamp,
        position.transaction ?? "",
        position.logIndex ?? "",
        pool,
        account,
        commodity,
        name,
        decimals,
        amount,
        formatAmount(amount, decimals, { padded: true }),
        entry.account ?? "",
        entry.deficit ?? "",
      ]);
    }
  }
}

function* journalJson(book: ExportBook): Generator<string> {
  const commodities = [...book.commodities].map(([commodity, shown]) => ({ commodity, ...shown }));
  yield `{"title":${JSON.stringify(book.title)},\n"commodities":${canonicalJson(commodities)},\n"entries":[`;
  let first = true;
  for (const entry of book.entries()) {
    yield `${first ? "" : ","}\n${canonicalJson(entry)}`;
    first = false;
  }
  yield "\n]}\n";
}

/** One row a posting, in base units and in the token's own decimals. */
export const csvExporter: Exporter = {
  format: "csv",
  title: "CSV of postings",
  files: (book) => [{ name: "postings.csv", chunks: () => postingRows(book) }],
};

/** The journal as one JSON document; amounts are decimal strings of base units. */
export const jsonExporter: Exporter = {
  format: "json",
  title: "JSON journal",
  files: (book) => [{ name: "journal.json", chunks: () => journalJson(book) }],
};
