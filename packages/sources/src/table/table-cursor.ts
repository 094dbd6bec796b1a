import { ShortfallError } from "@shortfall/core";
import type { RowMark } from "./table-rows.js";

export const TABLE_CURSOR_FORMAT = "shortfall-table-cursor/1";

/** How far a table was read: plain data for the caller to keep beside what was read. Stands at the end of a block. */
export interface TableCursor extends RowMark {
  readonly format: typeof TABLE_CURSOR_FORMAT;
  /** Lines of the history so far, the header's included. */
  readonly lines: number;
  /** Block up to which all records are before the cursor; the largest number at the end of the table. */
  readonly through: number;
  /** sha-256 of the header with the records beside the logs. */
  readonly header: string;
}

/** A cursor of a table is damaged, or of another reading. */
export class TableCursorError extends ShortfallError {
  readonly code = "SF_TABLE_CURSOR";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`The cursor's ${field}: expected ${expected}, got ${received}. Read the table from its beginning.`);
  }
}

/** A cursor from JSON that was kept. @throws {TableCursorError} naming the field. */
export function readTableCursor(value: unknown): TableCursor {
  const fields =
    typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const fault = (field: string, expected: string): TableCursorError =>
    new TableCursorError(field, expected, JSON.stringify(fields[field])?.slice(0, 80) ?? "nothing");
  if (fields.format !== TABLE_CURSOR_FORMAT) throw fault("format", TABLE_CURSOR_FORMAT);
  const whole = (field: string): number => {
    const number = fields[field];
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
    throw fault(field, "a whole number");
  };
  const text = (field: string): string => {
    const found = fields[field];
    if (typeof found === "string") return found;
    throw fault(field, "text");
  };
  return {
    format: TABLE_CURSOR_FORMAT,
    rows: whole("rows"),
    block: whole("block"),
    logIndex: whole("logIndex"),
    transaction: text("transaction"),
    lines: whole("lines"),
    through: whole("through"),
    header: text("header"),
  };
}
