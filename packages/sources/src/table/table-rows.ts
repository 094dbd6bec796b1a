import type { FileDigest } from "../split-lines.js";
import type { LogRecord } from "./log-row.js";

/** How far the rows of a table were read. */
export interface RowMark {
  /** Rows so far. */
  readonly rows: number;
  /** The last of them: what must still stand there when reading goes on. */
  readonly block: number;
  readonly logIndex: number;
  readonly transaction: string;
}

/** The rows of a table as logs, in the table's own order, each with its line or row for a line. */
export interface LogRows {
  /** The table in messages. */
  readonly file: string;
  /** Whether `read` returns the digest of a file. */
  readonly isFile: boolean;
  /**
   * Batches of logs, from the beginning or after a mark. Returns the digest of what was read: of the bytes where
   * they are a file, undefined where they are not.
   *
   * @throws {SourceError} a malformed row; a row of a mark that is another now.
   */
  read(after: RowMark | undefined): AsyncGenerator<readonly LogRecord[], FileDigest | undefined>;
  close(): Promise<void>;
}
