import { SourceError } from "../errors.js";
import type { LogRecord } from "./log-row.js";
import type { RowMark } from "./table-rows.js";

/** Whether a row was read before a mark; the row at the mark must be the one that was there. @throws {SourceError} */
export function isBefore(
  mark: RowMark | undefined,
  row: number,
  read: () => LogRecord,
  file: string,
): boolean {
  if (mark === undefined || row > mark.rows) return false;
  if (row === mark.rows) refuseOther(mark, read(), file);
  return true;
}

/** @throws {SourceError} the table has changed since the mark was made. */
export function refuseOther(mark: RowMark, found: LogRecord | undefined, file: string): void {
  const { block, logIndex, transaction, line = 0 } = found?.position ?? { block: undefined };
  if (block === mark.block && logIndex === mark.logIndex && transaction === mark.transaction) return;
  throw new SourceError({
    file,
    line,
    field: `row ${mark.rows}`,
    expected: `log ${mark.logIndex} of block ${mark.block}, as when reading was interrupted`,
    received: found === undefined ? "none" : `log ${logIndex} of block ${block}`,
    advice: "The table has changed: read it from its beginning.",
  });
}
