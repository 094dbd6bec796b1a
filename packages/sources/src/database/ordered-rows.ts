import type { Cell } from "../table/cell.js";
import type { TextRow } from "./connection.js";
import { isMoment, type KeyColumns, quoted, type Relation, textOf } from "./relation.js";

/** Place of a row: what tables are ordered and paged by. */
export interface RowKey {
  readonly block: number;
  readonly logIndex: number;
}

/** Rows of a table in the order of block and log index. Every value comes as text, so that none is rounded. */
export class OrderedRows {
  readonly #relation: Relation;
  readonly #key: KeyColumns;
  readonly #used: readonly number[];
  readonly #select: string;
  /** The key as SQL spells it, and a key to compare it with. */
  readonly #place: string;
  readonly #bound: string;

  /** Rows have the columns of `used`; the others stay empty. */
  constructor(relation: Relation, key: KeyColumns, used: readonly number[]) {
    this.#relation = relation;
    this.#key = key;
    this.#used = used;
    const { columns } = relation;
    const read = used.map((index) => `${textOf(columns[index]!)} AS "${index}"`);
    this.#select = `SELECT ${read.join(", ")} FROM ${relation.name}`;
    const [block, logIndex] = [columns[key.block]!, columns[key.logIndex]!];
    this.#place = `(${quoted(block.name)}, ${quoted(logIndex.name)})`;
    // Of the columns' own types, or their index would not be used.
    this.#bound = `($1::${block.type}, $2::${logIndex.type})`;
  }

  /** Rows after a key, `limit` or a few more at a time: all rows of a key come together. */
  async *pages(after: RowKey | undefined, limit: number): AsyncGenerator<readonly (readonly Cell[])[]> {
    const { connection } = this.#relation;
    let last = after;
    for (;;) {
      const where = last === undefined ? "" : `WHERE ${this.#place} > ${this.#bound} `;
      // Qualified, as the columns that are read have other names.
      const order = `ORDER BY ${this.#place.slice(1, -1)} LIMIT ${limit}`;
      const rows = await connection.query(`${this.#select} ${where}${order}`, last && valuesOf(last));
      const end = rows[rows.length - 1];
      if (end === undefined) return;
      const ends = this.#keyOf(end);
      last = ends;
      if (rows.length < limit) {
        yield rows.map((row) => this.#cells(row));
        return;
      }
      // A page may end between two rows of one key, and the next begins after that key.
      const same = await this.at(ends);
      const before = rows.filter((row) => {
        const { block, logIndex } = this.#keyOf(row);
        return block !== ends.block || logIndex !== ends.logIndex;
      });
      yield [...before.map((row) => this.#cells(row)), ...same];
    }
  }

  /** The rows of a key. */
  async at(key: RowKey): Promise<readonly (readonly Cell[])[]> {
    const { connection } = this.#relation;
    const rows = await connection.query(
      `${this.#select} WHERE ${this.#place} = ${this.#bound}`,
      valuesOf(key),
    );
    return rows.map((row) => this.#cells(row));
  }

  #keyOf(row: TextRow): RowKey {
    return { block: Number(row[this.#key.block]), logIndex: Number(row[this.#key.logIndex]) };
  }

  #cells(row: TextRow): readonly Cell[] {
    const { columns } = this.#relation;
    const cells: Cell[] = columns.map(() => null);
    for (const index of this.#used) {
      const text = row[index] ?? null;
      const moment = text !== null && isMoment(columns[index]!.type);
      cells[index] = moment ? { nanoseconds: BigInt(text) * 1_000n } : text;
    }
    return cells;
  }
}

const valuesOf = ({ block, logIndex }: RowKey): readonly string[] => [`${block}`, `${logIndex}`];
