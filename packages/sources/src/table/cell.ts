/** A moment as Parquet stores it. */
export interface Instant {
  /** Since 1970. */
  readonly nanoseconds: bigint;
}

/** A value of a table as its reader gives it. `null` is a value that is not there. */
export type Cell = string | number | bigint | boolean | Uint8Array | Instant | readonly Cell[] | null;

/** Why a cell is not what its column needs; the reader adds file, line and column. */
export class CellFault extends Error {
  override readonly name = "CellFault";

  constructor(
    readonly expected: string,
    readonly received: string,
    readonly advice?: string,
  ) {
    super(`expected ${expected}, got ${received}`);
  }
}

const EXPORT_EXACTLY = "Export the column as an integer or as text; digits may already be lost.";
const IN_SECONDS = "Export seconds since 1970, or a date with time.";

/** What exports write where there is no value. */
const ABSENT = new Set(["", "null", "<nil>", "\\n", "none"]);

export const isAbsent = (cell: Cell): boolean =>
  cell === null || (typeof cell === "string" && ABSENT.has(cell.trim().toLowerCase()));

/**
 * A whole number from 0 to 2^53 − 1, decimal or 0x.
 *
 * @throws {CellFault} also for scientific notation and fractions, which exports write for rounded numbers.
 */
export function wholeNumber(cell: Cell): number {
  const expected = "a whole number";
  if (typeof cell === "number" || typeof cell === "bigint") {
    if (cell < 0) {
      const advice = "An index above 2^31 does not fit 32 signed bits: export it as 64 bits or as text.";
      throw new CellFault(expected, `${cell}`, advice);
    }
    if (Number.isSafeInteger(Number(cell))) return Number(cell);
    throw new CellFault(expected, `${cell}`, EXPORT_EXACTLY);
  }
  if (typeof cell !== "string") throw new CellFault(expected, show(cell));
  const text = cell.trim();
  if (/^(\d+|0[xX][0-9a-fA-F]+)$/.test(text)) {
    const number = Number(text);
    if (Number.isSafeInteger(number)) return number;
    throw new CellFault("a whole number below 2^53", text);
  }
  if (/^[+-]?\d+(\.\d*)?[eE][+-]?\d+$/.test(text)) {
    throw new CellFault(expected, `${text}, in scientific notation`, EXPORT_EXACTLY);
  }
  if (/^[+-]?\d+\.\d*$/.test(text)) throw new CellFault(expected, `${text}, a double`, EXPORT_EXACTLY);
  throw new CellFault(expected, show(cell));
}

/**
 * Bytes as lower-case 0x hex, of `length` bytes if it is given. Text begins with `0x` or, as PostgreSQL writes
 * bytes, with `\x`.
 *
 * @throws {CellFault}
 */
export function hexBytes(cell: Cell, length?: number): string {
  const expected = length === undefined ? "0x and whole bytes of hex" : `${length} bytes of hex`;
  const hex = cell instanceof Uint8Array ? Buffer.from(cell).toString("hex") : hexOfText(cell, expected);
  if (length !== undefined && hex.length !== 2 * length) throw new CellFault(expected, show(cell));
  return `0x${hex}`;
}

function hexOfText(cell: Cell, expected: string): string {
  const text = typeof cell === "string" ? cell.trim() : "";
  if (/^(0[xX]|\\x)([0-9a-fA-F]{2})*$/.test(text)) return text.slice(2).toLowerCase();
  const advice = /^([0-9a-fA-F]{2})+$/.test(text) ? "Write 0x before it, or \\x." : undefined;
  throw new CellFault(expected, show(cell), advice);
}

/** Topics in one cell: a list, or text such as `["0x…","0x…"]` or `{\x…,\x…}`. @throws {CellFault} */
export function topicList(cell: Cell): string[] {
  const parts = Array.isArray(cell) ? cell : partsOf(cell);
  if (parts.length > 4) throw new CellFault("at most 4 topics", `${parts.length}`);
  return parts.map((part) => hexBytes(part, 32));
}

function partsOf(cell: Cell): readonly Cell[] {
  const text = typeof cell === "string" ? cell.trim() : "";
  const list = /^(?:\[(.*)\]|\{(.*)\})$/s.exec(text);
  if (!list) throw new CellFault("a list of topics in brackets", show(cell));
  const inside = (list[1] ?? list[2] ?? "").trim();
  if (inside === "") return [];
  // PostgreSQL doubles the backslash within quotes.
  return inside
    .split(/\s*,\s*|\s+/)
    .map((part) => part.replace(/^(["'])(.*)\1$/, "$2").replace(/^\\\\x/, "\\x"));
}

/**
 * Seconds since 1970 of a whole number, an instant, or a date with time. Without a zone it is UTC, as all exports of
 * chain data are.
 *
 * @throws {CellFault} fractions of a second; milliseconds; a zone by name other than UTC and GMT.
 */
export function unixSeconds(cell: Cell): number {
  if (isInstant(cell)) {
    const { nanoseconds } = cell;
    if (nanoseconds % 1_000_000_000n === 0n) return inRange(Number(nanoseconds / 1_000_000_000n), cell);
    throw new CellFault("a whole second", `${nanoseconds} ns since 1970`, "Blocks have whole seconds.");
  }
  if (typeof cell !== "string" || /^\s*(0[xX][0-9a-fA-F]+|[-+0-9.eE]+)\s*$/.test(cell))
    return inRange(wholeNumber(cell), cell);
  return secondsOfText(cell.trim());
}

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d+)?\s*(Z|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?(?:\s*UTC)?)?$/i;

function secondsOfText(text: string): number {
  const found = DATE_TIME.exec(text);
  if (!found) {
    throw new CellFault(
      "seconds since 1970, or a date with time such as 2024-03-01 12:00:00",
      show(text),
      IN_SECONDS,
    );
  }
  const [, year, month, day, hour, minute, second, fraction = "", , sign, zoneHours, zoneMinutes = "0"] =
    found;
  if (/[1-9]/.test(fraction)) {
    throw new CellFault("a whole second", text, "Blocks have whole seconds.");
  }
  const parts = [year, month, day, hour, minute, second].map(Number);
  const [y = 0, m = 0, d = 0, h = 0, min = 0, s = 0] = parts;
  const date = new Date(Date.UTC(y, m - 1, d, h, min, s));
  const same = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours()];
  if (
    date.getUTCMinutes() !== min ||
    date.getUTCSeconds() !== s ||
    same.some((part, k) => part !== parts[k])
  ) {
    throw new CellFault("a date and time that exist", text);
  }
  const zone = zoneHours === undefined ? 0 : 3600 * Number(zoneHours) + 60 * Number(zoneMinutes);
  return inRange(date.getTime() / 1000 - (sign === "-" ? -zone : zone), text);
}

/** Eleven digits reach the year 5138; what is longer counts milliseconds or less. */
function inRange(seconds: number, cell: Cell): number {
  if (seconds >= 0 && seconds < 1e11) return seconds;
  throw new CellFault("seconds since 1970", show(cell), IN_SECONDS);
}

/** True or false, also as `0`, `1`, `t`, `f`. @throws {CellFault} */
export function truth(cell: Cell): boolean {
  const text = String(cell).trim().toLowerCase();
  if (["true", "t", "1"].includes(text)) return true;
  if (["false", "f", "0"].includes(text)) return false;
  throw new CellFault("true or false", show(cell));
}

const isInstant = (cell: Cell): cell is Instant =>
  typeof cell === "object" && cell !== null && "nanoseconds" in cell;

export function show(cell: Cell): string {
  if (cell === null || cell === "") return "nothing";
  if (cell instanceof Uint8Array) return `${cell.length} bytes`;
  const text = isInstant(cell) ? `${cell.nanoseconds} ns since 1970` : String(cell);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
