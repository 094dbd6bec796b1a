import { pipeline, Readable } from "node:stream";
import { SourceError } from "../errors.js";
import { readLines } from "../lines.js";
import type { FileDigest } from "../split-lines.js";
import type { ColumnNames, Columns } from "./columns.js";
import { type LogRecord, LogRowReader } from "./log-row.js";
import { isBefore, refuseOther } from "./row-skip.js";
import type { LogRows, RowMark } from "./table-rows.js";

const BATCH = 1000;
/** Characters that go to the parser at once. */
const PIECE = 64 * 1024;

/** What `csv-parse` gives for a record. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Fields whose length is known, so that a cut shows. */
const FIXED = new Set([
  "address",
  "transactionHash",
  "blockHash",
  "topics",
  "topic0",
  "topic1",
  "topic2",
  "topic3",
]);

/**
 * Logs in a CSV file, plain or gzip-compressed, as Dune, Allium, Flipside and many others export them. The first line
 * names the columns; comma, semicolon and tab part them.
 */
export class CsvRows implements LogRows {
  readonly file: string;
  readonly isFile = true;
  readonly #chainId: string | undefined;
  readonly #given: ColumnNames | undefined;
  #end: (() => void) | undefined;

  constructor(
    file: string,
    options: { readonly chainId?: string | undefined; readonly columns?: ColumnNames | undefined },
  ) {
    this.file = file;
    this.#chainId = options.chainId;
    this.#given = options.columns;
  }

  async *read(after: RowMark | undefined): AsyncGenerator<readonly LogRecord[], FileDigest> {
    const file = this.file;
    const text = new CsvText(file);
    const { parse } = await import("csv-parse");
    const parser = parse({
      bom: true,
      delimiter: await text.delimiter(),
      info: true,
      skip_empty_lines: true,
    });
    // The parser is destroyed with the error of the text, which its loop then throws.
    pipeline(Readable.from(text.pieces()), parser, () => undefined);
    this.#end = () => parser.destroy();
    let reader: LogRowReader | undefined;
    let names: readonly string[] = [];
    let rows = 0;
    let batch: LogRecord[] = [];
    try {
      for await (const { record, info } of parser as AsyncIterable<Parsed>) {
        if (reader === undefined) {
          names = record.map((name) => name.trim());
          reader = new LogRowReader(names, { file, chainId: this.#chainId, given: this.#given ?? {} });
          continue;
        }
        const row = { number: info.lines, cells: record };
        const here = reader;
        if (isBefore(after, ++rows, () => here.read(row), file)) continue;
        batch.push(reader.read(row));
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
      }
    } catch (error) {
      throw csvFault(error, file, names.length);
    }
    const digest = text.digest!;
    if (!digest.closed && reader !== undefined) refuseCut(names, reader.used, rows + 1, file);
    if (after !== undefined && rows < after.rows) refuseOther(after, undefined, file);
    if (batch.length > 0) yield batch;
    return digest;
  }

  async close(): Promise<void> {
    this.#end?.();
  }
}

/**
 * A last row without a line end may have been cut within its last column.
 *
 * @throws {SourceError} where that would not show.
 */
function refuseCut(names: readonly string[], used: Columns, line: number, file: string): void {
  const last = [...used].find(([, index]) => index === names.length - 1);
  if (last === undefined || FIXED.has(last[0])) return;
  throw new SourceError({
    file,
    line,
    field: names[names.length - 1]!,
    expected: "a line end after the last row",
    received: "the end of the file",
    advice: "The value may be cut off: fetch the file again or, if it is whole, add a line end.",
  });
}

/** Says in our words what the parser said. */
function csvFault(error: unknown, file: string, columns: number): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!code.startsWith("CSV_")) return error;
  const { lines = 0, record, message } = error as Error & { lines?: number; record?: readonly unknown[] };
  const uneven = code.startsWith("CSV_RECORD_INCONSISTENT");
  const received = uneven ? `${record?.length ?? "other"} columns` : message;
  return new SourceError(
    {
      file,
      line: lines,
      field: "(row)",
      expected: uneven ? `${columns} columns, as in the first line` : "a row of CSV",
      received,
      advice: "The file may be cut off here, or a value with commas lacks its quotes.",
    },
    { cause: error },
  );
}

/** The text of a file, with what is known of it once it was read. */
class CsvText {
  digest: FileDigest | undefined;
  readonly #lines: ReturnType<typeof readLines>;
  #first: string | undefined;

  constructor(file: string) {
    this.#lines = readLines(file);
  }

  /** What parts the columns of the first line. */
  async delimiter(): Promise<string> {
    const first = await this.#lines.next();
    this.#first = first.done ? "" : first.value.text;
    const text = this.#first;
    const count = (character: string): number => text.split(character).length;
    return [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
  }

  async *pieces(): AsyncGenerator<string> {
    let piece = `${this.#first}\n`;
    for (;;) {
      const next = await this.#lines.next();
      if (next.done) {
        this.digest = next.value;
        yield piece;
        return;
      }
      piece += `${next.value.text}\n`;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = "";
    }
  }
}
