import { SourceError } from "../errors.js";
import type { TableConnection } from "./connection.js";

/** A column as the database describes it. */
export interface RelationColumn {
  readonly name: string;
  readonly type: string;
  /** Whether it may be empty. */
  readonly nullable: boolean;
}

/** Where the columns are that a table is ordered by. */
export interface KeyColumns {
  readonly block: number;
  readonly logIndex: number;
}

const WHOLE = new Set(["smallint", "integer", "bigint", "numeric"]);
const INEXACT = new Set(["real", "double precision"]);

/** A table or view of a database, as the database describes it. */
export class Relation {
  readonly columns: readonly RelationColumn[];
  /** As SQL spells it, quoted where it must be. */
  readonly name: string;
  readonly connection: TableConnection;

  private constructor(connection: TableConnection, name: string, columns: readonly RelationColumn[]) {
    this.connection = connection;
    this.name = name;
    this.columns = columns;
  }

  /** @throws {SourceError} there is no such table. */
  static async open(connection: TableConnection, table: string): Promise<Relation> {
    const found = await connection.query(
      "SELECT to_regclass($1)::text AS name, a.attname AS column, format_type(a.atttypid, NULL) AS type, " +
        "a.attnotnull::text AS whole FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 " +
        "AND NOT a.attisdropped ORDER BY a.attnum",
      [table],
    );
    const name = found[0]?.name;
    if (!name) throw fault(table, "table", "a table or view of that name", "none", "Check name and schema.");
    const columns = found.map(({ column, type, whole }) => ({
      name: column!,
      type: type!,
      nullable: whole !== "true",
    }));
    return new Relation(connection, name, columns);
  }

  /**
   * Refuses columns that cannot be read exactly or paged by.
   *
   * @throws {SourceError} doubles among `exact`; keys that are no whole numbers, or that are empty in some row.
   */
  async check(exact: readonly number[], key: KeyColumns): Promise<void> {
    for (const index of exact) {
      const { name, type } = this.columns[index]!;
      const inexact = INEXACT.has(type) ? "doubles" : type === "date" ? "dates without a time" : undefined;
      if (inexact === undefined) continue;
      const advice = "Use numeric(78,0) or bigint; digits may already be lost.";
      throw fault(this.name, name, "an exact type", `${type}, which holds ${inexact}`, advice);
    }
    for (const index of [key.block, key.logIndex]) {
      const { name, type, nullable } = this.columns[index]!;
      if (!WHOLE.has(type)) throw fault(this.name, name, "integer, bigint or numeric, to order by", type);
      if (!nullable) continue;
      const column = quoted(name);
      const [row] = await this.connection.query(
        `SELECT count(*)::text AS rows FROM ${this.name} WHERE ${column} IS NULL`,
      );
      if (row?.rows !== "0")
        throw fault(this.name, name, "a value in every row", `none in ${row?.rows} rows`);
    }
  }
}

export const isMoment = (type: string): boolean => type.startsWith("timestamp");

/** A column as text that does not depend on the session's settings: times in microseconds since 1970, bytes as hex. */
export function textOf({ name, type }: RelationColumn): string {
  const column = quoted(name);
  if (isMoment(type)) return `(extract(epoch FROM ${column}) * 1000000)::numeric(30,0)::text`;
  if (type === "bytea") return `'\\x' || encode(${column}, 'hex')`;
  return `${column}::text`;
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const fault = (
  table: string,
  field: string,
  expected: string,
  received: string,
  advice?: string,
): SourceError =>
  new SourceError({
    file: `table ${table}`,
    line: 0,
    field,
    expected,
    received,
    ...(advice === undefined ? {} : { advice }),
  });
