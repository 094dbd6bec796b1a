import type { HaircutRow, HaircutTable } from "@shortfall/core";
import { parseCsvLine } from "../report/csv.js";
import { type HaircutSummary, summarise } from "../report/report-data.js";
import { HAIRCUT_COLUMNS } from "../report/tables.js";

/** Proves the lines of `haircuts.csv`: shape, and that each table's losses and dust sum to what it absorbed. */
export class HaircutCheck {
  readonly failures: string[] = [];
  readonly summaries: HaircutSummary[] = [];
  #line = 0;
  #key: string | undefined;
  #rows: HaircutRow[] = [];

  line(text: string): void {
    this.#line++;
    const fields = parseCsvLine(text);
    if (this.#line === 1) {
      if (text !== HAIRCUT_COLUMNS.join(",")) this.#fail("does not name the columns");
      return;
    }
    if (fields?.length !== HAIRCUT_COLUMNS.length) {
      this.#fail(`does not have ${HAIRCUT_COLUMNS.length} fields`);
      return;
    }
    const [writeOff, pool, bearer, asset, basis, absorbed, kind, account, shares, loss] = fields as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const key = [writeOff, pool, bearer, asset, basis, absorbed].join("\u0000");
    if (!isUnits(absorbed) || !isUnits(loss) || (basis !== "realised" && basis !== "implied")) {
      this.#fail("is not readable");
      return;
    }
    if (this.#key !== undefined && key !== this.#key)
      this.#fail("begins a table before the dust of the last one");
    this.#key = key;
    if (kind === "holder" && isUnits(shares)) {
      this.#rows.push({ account, shares: BigInt(shares), loss: BigInt(loss) });
    } else if (kind === "dust") {
      this.#close({
        writeOff,
        pool,
        bearer,
        asset,
        basis,
        absorbed: BigInt(absorbed),
        rows: this.#rows,
        dust: BigInt(loss),
        dustOwner: account,
      });
    } else this.#fail("is neither a holder nor dust");
  }

  /** No more lines. */
  end(): void {
    if (this.#line === 0) this.failures.push("is empty");
    if (this.#key !== undefined) this.#fail("ends within a table");
  }

  #close(table: HaircutTable): void {
    const lost = table.rows.reduce((sum, row) => sum + row.loss, table.dust);
    if (lost !== table.absorbed)
      this.#fail(`closes a table whose losses sum to ${lost}, not ${table.absorbed}`);
    this.summaries.push(summarise(table));
    this.#key = undefined;
    this.#rows = [];
  }

  #fail(what: string): void {
    this.failures.push(`line ${this.#line} ${what}`);
  }
}

const isUnits = (text: string): boolean => /^-?\d+$/.test(text);
