import { createHash } from "node:crypto";
import type { HistoryHeader, LogSource, Position, SourceDigest, SourceRecord } from "@shortfall/core";
import { type BesideRecord, besidesText, outsideOf } from "../besides.js";
import { SourceError } from "../errors.js";
import { chainIdOf, headerLine } from "../history-header.js";
import { recordLine } from "../record-line.js";
import type { FileDigest } from "../split-lines.js";
import type { LogRecord } from "./log-row.js";
import { PageBuilder } from "./page-builder.js";
import { TABLE_CURSOR_FORMAT, type TableCursor, TableCursorError } from "./table-cursor.js";
import type { LogRows } from "./table-rows.js";

export interface TableSourceOptions {
  /** In messages and reports. */
  readonly name: string;
  /** First line of the history: protocol, version, parameters and the state before the first log. */
  readonly header: HistoryHeader;
  /** What tables of logs do not hold, such as prices: put among the logs as `placeBesides` does. */
  readonly besides?: readonly BesideRecord[] | undefined;
  /** Reads on from here. */
  readonly cursor?: TableCursor | undefined;
  /** Records after which a page ends with its block. 2,000 unless given. */
  readonly pageRecords?: number;
}

/** Some records, whole blocks of them, with the cursor to keep once they are stored. */
export interface TablePage {
  readonly records: readonly SourceRecord[];
  readonly cursor: TableCursor;
}

/**
 * A history from a table of logs: the records that a file of the same logs gives, on the same lines. Rows must come by
 * block; within a block any order will do.
 */
export class TableLogSource implements LogSource {
  readonly name: string;
  readonly header: HistoryHeader;
  readonly style = "logs";
  readonly complete: boolean;
  readonly continues: boolean;
  readonly chainId: string | undefined;
  readonly #rows: LogRows;
  readonly #besides: readonly BesideRecord[];
  readonly #identity: string;
  readonly #pageRecords: number;
  readonly #range: { readonly fromBlock: number; readonly toBlock: number } | undefined;
  readonly #start: TableCursor | undefined;
  #cursor: TableCursor | undefined;

  /** @throws {TableCursorError} the cursor is of a history with another header. */
  constructor(rows: LogRows, options: TableSourceOptions) {
    const { name, header, besides = [], cursor, pageRecords = 2000 } = options;
    this.name = name;
    this.header = header;
    this.complete = header.complete === true;
    this.continues = header.continues === true;
    this.chainId = chainIdOf(header);
    this.#rows = rows;
    this.#besides = besides;
    this.#pageRecords = pageRecords;
    this.#identity = createHash("sha256")
      .update(`${headerLine(header)}\n${besidesText(besides)}`)
      .digest("hex");
    if (cursor !== undefined && cursor.header !== this.#identity) {
      throw new TableCursorError("header", this.#identity, cursor.header);
    }
    this.#start = cursor;
    this.#cursor = cursor;
    this.#range = rangeOf(header);
    const outside = this.#range && outsideOf(besides, this.#range);
    if (outside) this.#refuseOutside(outside.position, `${outside.kind} of the header file`);
  }

  /** How far reading has come, at the end of a block; undefined before the first. */
  get cursor(): TableCursor | undefined {
    return this.#cursor;
  }

  /** @throws {SourceError} as {@link records}. Returns the digest once everything was read. */
  async *pages(): AsyncGenerator<TablePage, SourceDigest> {
    const digest = new LineDigest();
    const builder = new PageBuilder(this.#besides, this.#pageRecords, this.#start);
    if (this.#range && this.#start === undefined) builder.range(this.#range);
    const rows = this.#rows.read(this.#start);
    const page = (): TablePage => {
      const { records, end } = builder.take();
      if (!this.#rows.isFile) for (const record of records) digest.add(record);
      const { rows, block, logIndex, transaction, lines, through } = end;
      const place = { rows, block, logIndex, transaction, lines, through };
      return { records, cursor: { format: TABLE_CURSOR_FORMAT, ...place, header: this.#identity } };
    };
    try {
      for (;;) {
        const next = await rows.next();
        if (next.done) {
          if (!builder.finish()) throw this.#fault(0, "content", "rows after the header", "none");
          const last = page();
          if (last.records.length > 0) yield last;
          this.#cursor = last.cursor;
          return { name: this.name, ...withoutClosed(next.value ?? digest.end()) };
        }
        for (const record of next.value) {
          this.#checkPlace(record, builder.block);
          if (builder.advance(record.position.block)) {
            const full = page();
            yield full;
            this.#cursor = full.cursor;
          }
          builder.add(record);
        }
      }
    } finally {
      await rows.return(undefined);
    }
  }

  /**
   * Records by block and log index, on the lines that they would have in a file of plain logs.
   *
   * @throws {SourceError} a malformed row; rows that go back to an earlier block; a row or record outside the blocks
   * that the header says were read; no rows at all.
   */
  async *records(): AsyncGenerator<SourceRecord, SourceDigest> {
    const pages = this.pages();
    try {
      for (;;) {
        const next = await pages.next();
        if (next.done) return next.value;
        yield* next.value.records;
      }
    } finally {
      await pages.return({ name: this.name, bytes: 0, sha256: "" });
    }
  }

  close(): Promise<void> {
    return this.#rows.close();
  }

  #checkPlace({ position }: LogRecord, before: number): void {
    if (position.block < before) {
      const advice = "Order the export by block number and log index, ascending.";
      throw this.#fault(
        position.line ?? 0,
        "blockNumber",
        `block ${before} or later`,
        `${position.block}`,
        advice,
      );
    }
    this.#refuseOutside(position, "blockNumber");
  }

  #refuseOutside({ block, line = 0 }: Position, field: string): void {
    const range = this.#range;
    if (!range || (block >= range.fromBlock && block <= range.toBlock)) return;
    const expected = `a block from ${range.fromBlock} to ${range.toBlock}, as the header says`;
    throw this.#fault(line, field, expected, `${block}`);
  }

  #fault(line: number, field: string, expected: string, received: string, advice?: string): SourceError {
    const file = this.#rows.file;
    return new SourceError({
      file,
      line,
      field,
      expected,
      received,
      ...(advice === undefined ? {} : { advice }),
    });
  }
}

const withoutClosed = ({ bytes, sha256 }: Omit<FileDigest, "closed">): Omit<SourceDigest, "name"> => ({
  bytes,
  sha256,
});

/** Of the lines that records make in a file of plain logs. */
class LineDigest {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  add(record: SourceRecord): void {
    const line = `${recordLine(record)}\n`;
    this.#hash.update(line);
    this.#bytes += Buffer.byteLength(line);
  }

  end(): { readonly bytes: number; readonly sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }
}

/** The blocks that the logs were asked for, where the header names both ends. */
function rangeOf({
  rpc,
}: HistoryHeader): { readonly fromBlock: number; readonly toBlock: number } | undefined {
  if (typeof rpc !== "object" || rpc === null) return undefined;
  const { fromBlock, toBlock } = rpc as Readonly<Record<string, unknown>>;
  return typeof fromBlock === "number" && typeof toBlock === "number" ? { fromBlock, toBlock } : undefined;
}
