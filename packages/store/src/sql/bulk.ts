import type { SqlSession, SqlValue } from "./connection.js";
import { type CopyField, copyRow, parseCopy } from "./copy-text.js";

/** Parameters that one statement may have on any server of the family. */
const MAX_PARAMETERS = 32_000;

/** Writes rows, by COPY where the connection has it. */
export async function insertRows(
  session: SqlSession,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly CopyField[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const target = `${table} (${columns.join(", ")})`;
  if (session.copyIn) {
    await session.copyIn(target, rows.map(copyRow).join(""));
    return;
  }
  const most = Math.floor(MAX_PARAMETERS / columns.length);
  for (let at = 0; at < rows.length; at += most) {
    const some = rows.slice(at, at + most);
    let parameter = 0;
    const tuples = some.map((row) => `(${row.map(() => `$${++parameter}`).join(", ")})`);
    await session.query(`INSERT INTO ${target} VALUES ${tuples.join(", ")}`, some.flat().map(sqlValue));
  }
}

const sqlValue = (field: CopyField): SqlValue =>
  field === undefined ? null : typeof field === "bigint" ? field.toString() : field;

/** Reads rows as text, by COPY where the connection has it. `rest` begins with FROM. */
export async function selectRows(
  session: SqlSession,
  columns: readonly string[],
  rest: string,
): Promise<readonly (string | undefined)[][]> {
  if (session.copyOut) return parseCopy(await session.copyOut(`SELECT ${columns.join(", ")} ${rest}`));
  // Names of the results must differ from the columns': ORDER BY would sort them as text.
  const texts = columns.map((column, index) => `CAST(${column} AS text) AS c${index}`);
  const rows = await session.query(`SELECT ${texts.join(", ")} ${rest}`);
  return rows.map((row) => columns.map((_, index) => textOf(row[`c${index}`])));
}

const textOf = (value: unknown): string | undefined => (value === null ? undefined : String(value));
