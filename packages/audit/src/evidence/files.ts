import * as z from "zod";
import {
  at,
  DocumentError,
  type JsonNode,
  type JsonScalar,
  parseDocument,
  parseNumeral,
  select,
  unitsOf,
} from "../documents/index.js";
import { type EvidenceUnit, placesOf } from "./unit.js";

/**
 * Where a column is: `name` or `name/inner` inside the row, `.` the row itself, `*1` the key or index that the first
 * star of `rows` stood for, `/path/from/the/root` with the stars of `rows` filled in, or the same text for all rows.
 */
const columnSchema = z.union([z.string().min(1), z.strictObject({ value: z.string() })]);

type ColumnAt = z.infer<typeof columnSchema>;

/** A table of a file: where its rows are, and where in a row each role is. */
export interface TableAt {
  readonly file: string;
  readonly rows: string;
  readonly columns: Readonly<Record<string, ColumnAt | undefined>>;
}

/** Schema of a table that must have the columns of some roles and may have those of others. */
export function tableSchema(
  required: readonly string[],
  optional: readonly string[] = [],
): z.ZodType<TableAt> {
  return z.strictObject({
    file: z.string(),
    rows: z.string().startsWith("/").default("/*"),
    columns: z.strictObject({
      ...Object.fromEntries(required.map((role) => [role, columnSchema])),
      ...Object.fromEntries(optional.map((role) => [role, columnSchema.optional()])),
    }),
  });
}

/** One figure: written out, or a place in a file. */
export const figureSchema = z.union([
  z.string(),
  z.strictObject({ file: z.string(), at: z.string().startsWith("/") }),
]);

export type FigureAt = z.infer<typeof figureSchema>;

/** A row of a table, read by role. */
export interface TableRow {
  readonly file: string;
  readonly line: number;
  /** Undefined where the row has none. Addresses come in lower case. */
  optional(role: string): string | undefined;
  /** @throws {DocumentError} the row has none. */
  text(role: string): string;
  /** In base units of the unit. @throws {DocumentError} none, no number, or more digits than the unit keeps. */
  amount(role: string, unit: EvidenceUnit): bigint;
}

/** The documents that a description names, each parsed once. */
export class EvidenceFiles {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #parsed = new Map<string, JsonNode>();

  /** @param texts contents by the name that the description uses. */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  rows({ file, rows, columns }: TableAt): TableRow[] {
    const root = this.#document(file);
    return select(root, rows).map(({ value, stars }) => {
      const optional = (role: string): string | undefined => {
        const scalar = columnOf(root, value, stars, columns[role]);
        return scalar === undefined || scalar.text === "null" ? undefined : normal(scalar.text);
      };
      const text = (role: string): string =>
        optional(role) ?? fail(file, value.line, role, "a value in every row", "none");
      return {
        file,
        line: value.line,
        optional,
        text,
        amount: (role, unit) => amountOf(text(role), unit, { file, line: value.line, field: role }),
      };
    });
  }

  figure(figure: FigureAt, unit: EvidenceUnit): bigint {
    if (typeof figure === "string")
      return amountOf(figure, unit, { file: "description", line: 1, field: "figure" });
    const { file, at: path } = figure;
    const found = at(this.#document(file), path);
    if (found === undefined || found.kind === "array" || found.kind === "object") {
      return fail(file, found?.line ?? 1, path, "a number", found?.kind ?? "nothing");
    }
    return amountOf(found.text, unit, { file, line: found.line, field: path });
  }

  #document(file: string): JsonNode {
    const known = this.#parsed.get(file);
    if (known) return known;
    const text = this.#texts.get(file);
    if (text === undefined) return fail(file, 1, "file", "a file that was read", "none of that name");
    const parsed = parseDocument(text, file);
    this.#parsed.set(file, parsed);
    return parsed;
  }
}

function columnOf(
  root: JsonNode,
  row: JsonNode,
  stars: readonly string[],
  column: ColumnAt | undefined,
): JsonScalar | undefined {
  if (column === undefined) return undefined;
  if (typeof column !== "string") return { kind: "string", text: column.value, line: row.line };
  const star = /^\*([1-9])$/.exec(column);
  if (star) {
    const text = stars[Number(star[1]) - 1];
    return text === undefined ? undefined : { kind: "string", text, line: row.line };
  }
  const found = column === "." ? row : column.startsWith("/") ? at(root, column, stars) : at(row, column);
  return found === undefined || found.kind === "array" || found.kind === "object" ? undefined : found;
}

/** Hex in lower case, so that checksummed and plain spellings are one key. */
const normal = (text: string): string => (/^0x[0-9a-fA-F]+$/.test(text) ? text.toLowerCase() : text);

interface Place {
  readonly file: string;
  readonly line: number;
  readonly field: string;
}

function amountOf(text: string, unit: EvidenceUnit, { file, line, field }: Place): bigint {
  const numeral = parseNumeral(text);
  // "3.00" where base units are expected is three tokens as likely as three units.
  const isUnclear = unit.written === "base-units" && text.includes(".");
  const units = numeral && !isUnclear ? unitsOf(numeral, placesOf(unit)) : undefined;
  const expected =
    unit.written === "tokens"
      ? `a number of at most ${unit.decimals} decimals`
      : "a whole number of base units";
  return units ?? fail(file, line, field, expected, JSON.stringify(text.slice(0, 80)));
}

const fail = (file: string, line: number, field: string, expected: string, received: string): never => {
  throw new DocumentError(file, line, field, expected, received);
};
