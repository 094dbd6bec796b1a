import { join } from "node:path";
import { HAIRCUT_COLUMNS, JOURNAL_NAME, parseCsvLine, type ReportRows } from "@shortfall/audit";
import type { HaircutRow, HaircutTable } from "@shortfall/core";
import { textLines, textPieces } from "./journal-entries.js";

/** Journal and haircuts of a verified report folder, as the report was made from them. */
export const storedRows = (folder: string): ReportRows => ({
  haircuts: () => storedHaircuts(join(folder, "haircuts.csv")),
  journal: () => textPieces(join(folder, JOURNAL_NAME)),
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
