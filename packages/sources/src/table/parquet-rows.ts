import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { AsyncBuffer, FileMetaData, ParquetParsers, SchemaElement } from "hyparquet";
import { SourceError } from "../errors.js";
import { asSourceError } from "../lines.js";
import type { FileDigest } from "../split-lines.js";
import type { Cell, Instant } from "./cell.js";
import type { ColumnNames } from "./columns.js";
import { type LogRecord, LogRowReader } from "./log-row.js";
import { isBefore, refuseOther } from "./row-skip.js";
import type { LogRows, RowMark } from "./table-rows.js";

/** Fields whose columns hold whole numbers or moments, which doubles round. */
const EXACT = ["blockNumber", "timestamp", "logIndex", "transactionIndex", "chainId"];

/** A row group is read at once, so it may not have more rows. */
const LARGEST_GROUP = 5_000_000;

/** Logs in a Parquet file. Holds the columns that are read of one row group. */
export class ParquetRows implements LogRows {
  readonly file: string;
  readonly isFile = true;
  readonly #chainId: string | undefined;
  readonly #given: ColumnNames | undefined;

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
    const handle = await openFile(file);
    try {
      const parquet = await import("hyparquet");
      const { compressors } = await import("hyparquet-compressors");
      const buffer = await bufferOf(handle, file);
      const metadata = await guarded(file, "footer", () => parquet.parquetMetadataAsync(buffer));
      const columns = topColumns(metadata);
      const names = columns.map(({ name }) => name);
      const reader = new LogRowReader(names, { file, chainId: this.#chainId, given: this.#given ?? {} });
      refuseInexact(columns, reader, file);
      const wanted = [...new Set(reader.used.values())].map((index) => names[index]!);
      const reading = {
        file: buffer,
        metadata: asStored(metadata),
        columns: wanted,
        compressors,
        utf8: false,
      };
      let end = 0;
      for (const [index, group] of metadata.row_groups.entries()) {
        const start = end;
        end += Number(group.num_rows);
        if (after !== undefined && end < after.rows) continue;
        if (end - start > LARGEST_GROUP) throw tooLarge(file, index, end - start);
        const rows = await guarded(file, `row group ${index + 1}`, () =>
          parquet.parquetReadObjects({ ...reading, rowStart: start, rowEnd: end, parsers: PARSERS }),
        );
        if (rows.length !== end - start) {
          throw damaged(file, `row group ${index + 1}`, `${end - start} rows`, `${rows.length}`);
        }
        const logs: LogRecord[] = [];
        for (const [k, values] of rows.entries()) {
          const number = start + k + 1;
          const row = { number, cells: columns.map((column) => cellOf(values[column.name], column)) };
          if (!isBefore(after, number, () => reader.read(row), file)) logs.push(reader.read(row));
        }
        if (logs.length > 0) yield logs;
      }
      if (after !== undefined && end < after.rows) refuseOther(after, undefined, file);
      return await digestOf(handle);
    } finally {
      await handle.close();
    }
  }

  async close(): Promise<void> {
    // `read` lets go of the file itself.
  }
}

const instant = (nanoseconds: bigint): Instant => ({ nanoseconds });
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");

/** Times to the nanosecond and JSON as text, where the library would round and parse. */
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value) => instant(BigInt(value) * 1_000_000n),
  timestampFromMicroseconds: (value) => instant(BigInt(value) * 1_000n),
  timestampFromNanoseconds: (value) => instant(BigInt(value)),
  stringFromBytes: text,
  jsonFromBytes: text,
};

/** The library turns decimals into doubles: without their type they come as they are stored. */
function asStored(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element): SchemaElement => {
    if (!isDecimal(element)) return element;
    const { converted_type: _converted, logical_type: _logical, ...stored } = element;
    return stored;
  });
  return { ...metadata, schema };
}

const isDecimal = ({ converted_type, logical_type }: SchemaElement): boolean =>
  converted_type === "DECIMAL" || logical_type?.type === "DECIMAL";

interface TopColumn {
  readonly name: string;
  /** Undefined for lists and structures. */
  readonly element: SchemaElement | undefined;
}

/** The columns below the root, in order. */
function topColumns({ schema }: FileMetaData): TopColumn[] {
  const columns: TopColumn[] = [];
  let at = 1;
  const skip = (): void => {
    const children = schema[at++]?.num_children ?? 0;
    for (let k = 0; k < children; k++) skip();
  };
  while (at < schema.length) {
    const element = schema[at]!;
    columns.push({ name: element.name, element: element.num_children ? undefined : element });
    skip();
  }
  return columns;
}

/** @throws {SourceError} doubles, or decimals with a fraction, where whole numbers belong; dates without a time. */
function refuseInexact(columns: readonly TopColumn[], reader: LogRowReader, file: string): void {
  for (const field of EXACT) {
    const column = columns[reader.used.get(field) ?? -1];
    const element = column?.element;
    if (!column || !element) continue;
    const { type, scale = 0, converted_type, logical_type } = element;
    const half = logical_type?.type === "FLOAT16";
    const kind =
      type === "DOUBLE" || type === "FLOAT" || half
        ? "doubles"
        : isDecimal(element) && scale !== 0
          ? `decimals with ${scale} places`
          : converted_type === "DATE" || logical_type?.type === "DATE"
            ? "dates without a time"
            : undefined;
    if (kind === undefined) continue;
    throw new SourceError({
      file,
      line: 0,
      field: column.name,
      expected: field === "timestamp" ? "whole seconds or timestamps" : "whole numbers",
      received: `a column of ${kind}`,
      advice: "Export the column as an integer or as text; digits may already be lost.",
    });
  }
}

/** What the library gives, as a cell. Bytes of a decimal are a signed number, most significant byte first. */
function cellOf(value: unknown, { element }: TopColumn): Cell {
  if (value === undefined || value === null) return null;
  if (!(value instanceof Uint8Array) || element === undefined || !isDecimal(element)) return value as Cell;
  return value.length === 0
    ? 0n
    : BigInt.asIntN(8 * value.length, BigInt(`0x${Buffer.from(value).toString("hex")}`));
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, "r");
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    throw asSourceError(error, file, 0);
  }
  throw new SourceError({ file, line: 0, field: "path", expected: "a file", received: "a folder" });
}

async function bufferOf(handle: FileHandle, file: string): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      if (bytesRead === bytes.length) return bytes.buffer;
      throw damaged(file, "length", `${end} bytes`, `${start + bytesRead}`);
    },
  };
}

async function digestOf(handle: FileHandle): Promise<FileDigest> {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(256 * 1024);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, bytes);
    if (bytesRead === 0) return { sha256: hash.digest("hex"), bytes, closed: true };
    hash.update(chunk.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

async function guarded<T>(file: string, part: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw damaged(file, part, "intact Parquet", reason, error);
  }
}

const damaged = (
  file: string,
  field: string,
  expected: string,
  received: string,
  cause?: unknown,
): SourceError =>
  new SourceError(
    { file, line: 0, field, expected, received, advice: "Fetch the file again and compare its size." },
    cause === undefined ? {} : { cause },
  );

const tooLarge = (file: string, index: number, rows: number): SourceError =>
  new SourceError({
    file,
    line: 0,
    field: `row group ${index + 1}`,
    expected: `at most ${LARGEST_GROUP} rows`,
    received: `${rows}`,
    advice: "Write the file with smaller row groups.",
  });
