import type { SourceRecord } from "@shortfall/core";
import { type BesideRecord, onLine, placeBesides } from "../besides.js";
import type { LogRecord } from "./log-row.js";
import type { RowMark } from "./table-rows.js";

/** Where a page ends. */
export interface PageEnd extends RowMark {
  readonly lines: number;
  readonly through: number;
}

/** Puts rows together to blocks, records beside them into these, and blocks to pages. Holds a block and a page. */
export class PageBuilder {
  /** By block. */
  readonly #besides: readonly BesideRecord[];
  #taken = 0;
  readonly #pageRecords: number;
  #lines: number;
  #through: number;
  #mark: RowMark | undefined;
  #block: LogRecord[] = [];
  #page: SourceRecord[] = [];

  constructor(besides: readonly BesideRecord[], pageRecords: number, start: PageEnd | undefined) {
    this.#besides = [...besides].sort((a, b) => a.position.block - b.position.block);
    this.#pageRecords = pageRecords;
    this.#lines = start?.lines ?? 1;
    this.#through = start?.through ?? -1;
    this.#mark = start;
    this.#take(this.#through);
  }

  /** Block of the last row, −1 before the first. */
  get block(): number {
    return this.#mark?.block ?? -1;
  }

  /** Puts a range on the first line. */
  range(range: { readonly fromBlock: number; readonly toBlock: number }): void {
    this.#lines++;
    this.#page.push({ kind: "range", line: this.#lines, ...range });
  }

  /** The next row is of this block: the one of the last row, or a later one. Whether the page before it is full. */
  advance(block: number): boolean {
    if (this.#mark === undefined || block === this.#mark.block) return false;
    this.#endBlock(this.#mark.block);
    return this.#page.length >= this.#pageRecords;
  }

  add(record: LogRecord): void {
    const { block, logIndex, transaction } = record.position;
    this.#block.push(record);
    const rows = (this.#mark?.rows ?? 0) + 1;
    this.#mark = { rows, block, logIndex: logIndex!, transaction: transaction! };
  }

  /** No row comes any more. Whether there was one at all. */
  finish(): boolean {
    this.#endBlock(Number.MAX_SAFE_INTEGER);
    return this.#mark !== undefined;
  }

  /** The records since the last page, and where they end. */
  take(): { readonly records: readonly SourceRecord[]; readonly end: PageEnd } {
    const records = this.#page;
    this.#page = [];
    return { records, end: { ...this.#mark!, lines: this.#lines, through: this.#through } };
  }

  #endBlock(last: number): void {
    const besides = this.#take(last);
    this.#block.sort((a, b) => a.log.logIndex - b.log.logIndex);
    for (const record of placeBesides(besides, this.#block)) {
      this.#lines++;
      this.#page.push(onLine(record, this.#lines));
    }
    this.#block = [];
    this.#through = last;
  }

  /** The records beside the logs that are next, up to a block. */
  #take(last: number): readonly BesideRecord[] {
    const start = this.#taken;
    const besides = this.#besides;
    while (this.#taken < besides.length && besides[this.#taken]!.position.block <= last) this.#taken++;
    return besides.slice(start, this.#taken);
  }
}
