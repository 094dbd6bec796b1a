import { join } from "node:path";
import { HAIRCUT_COLUMNS, parseCsvLine, type ReportData, type ReportRows } from "@shortfall/audit";
import { type HaircutRow, type HaircutTable, Journal } from "@shortfall/core";
import { journalEntries, textLines } from "./journal-entries.js";

/** Journals and haircuts of a verified report folder, as the report was made from them. */
export const storedRows = (folder: string, data: ReportData): ReportRows => ({
  haircuts: () => storedHaircuts(join(folder, "haircuts.csv")),
  *journals() {
    const entries = journalEntries(join(folder, "journal.jsonl"), 1);
    for (const { name, journal: header, entries: count } of data.histories) {
      const journal = new Journal(header);
      while (journal.entries.length < count) {
        const next = entries.next();
        if (next.done) break;
        journal.append(next.value);
      }
      yield { name, journal };
    }
  },
});

/** Tables as their rows of dust close them; the lines were proved before. */
function* storedHaircuts(path: string): Generator<HaircutTable> {
  let rows: HaircutRow[] = [];
  let head = true;
  for (const line of textLines(path)) {
    const fields = head ? undefined : parseCsvLine(line);
    head = false;
    if (!fields) continue;
    const value = (column: (typeof HAIRCUT_COLUMNS)[number]): string =>
      fields[HAIRCUT_COLUMNS.indexOf(column)] ?? "";
    if (value("kind") === "holder") {
      rows.push({ account: value("account"), shares: BigInt(value("shares")), loss: BigInt(value("loss")) });
      continue;
    }
    yield {
      writeOff: value("writeOff"),
      pool: value("pool"),
      bearer: value("bearer"),
      asset: value("asset"),
      absorbed: BigInt(value("absorbed")),
      basis: value("basis") === "implied" ? "implied" : "realised",
      rows,
      dust: BigInt(value("loss")),
      dustOwner: value("account"),
    };
    rows = [];
  }
}
