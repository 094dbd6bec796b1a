import { SourceError } from "../errors.js";
import { type Cell, CellFault, hexBytes, isAbsent } from "../table/cell.js";
import { type ColumnNames, type Columns, findColumns, LOG_SPELLINGS, plainName } from "../table/columns.js";
import { type LogRecord, PLACE_FIELDS, type Row, RowReader, readPlace } from "../table/log-row.js";
import type { EventEncoder } from "./event-encoder.js";

const { blockNumber, timestamp, transactionHash, logIndex, address, transactionIndex, chainId } =
  LOG_SPELLINGS;

/** How tables of decoded events spell what is not an argument. */
const SPELLINGS = {
  blockNumber,
  timestamp,
  transactionHash,
  logIndex,
  address: [...address, "logaddress", "contract", "emitter"],
  transactionIndex,
  chainId,
  event: ["event", "eventname"],
  args: ["args", "eventargs"],
};

/** Prefix of the columns that a mapping gives for arguments. */
const ARGUMENT = "arg.";

export interface EventRowOptions {
  /** Table in messages. */
  readonly file: string;
  /** The table's own name, which names its event where no column does. */
  readonly table: string;
  readonly encoders: readonly EventEncoder[];
  readonly chainId?: string | undefined;
  /** The contract of all rows, where no column names it. */
  readonly address?: string | undefined;
  /** Column names by field, or by `arg.NAME`. */
  readonly given?: ColumnNames | undefined;
}

/**
 * Makes logs of rows with decoded events: each argument in a column of its name, or all in `args` as JSON; the event in
 * a column, or in the table's name.
 */
export class EventRowReader {
  /** Columns that are read. */
  readonly used: readonly number[];
  readonly place: { readonly block: number; readonly logIndex: number };
  readonly #options: EventRowOptions;
  readonly #reader: RowReader;
  readonly #arguments: ReadonlyMap<string, number>;
  readonly #ofTable: readonly EventEncoder[];

  /** @throws {SourceError} the columns of an event are not there; the table's name names no event. */
  constructor(names: readonly string[], options: EventRowOptions) {
    const { file, given = {}, encoders } = options;
    const own = Object.entries(given).filter(([field]) => !field.startsWith(ARGUMENT));
    const required = [...PLACE_FIELDS, ...(options.address === undefined ? ["address"] : [])];
    const columns = findColumns(names, SPELLINGS, required, {
      file,
      line: 0,
      given: Object.fromEntries(own),
    });
    this.#options = options;
    this.#reader = new RowReader(file, names, columns);
    this.#arguments = argumentColumns(names, columns, given, file);
    this.#ofTable = columns.has("event") ? [] : eventsOfTable(options);
    const known = new Set(encoders.flatMap(({ args }) => args.map(plainName)));
    const read = [...this.#arguments].filter(([name]) => known.has(name)).map(([, index]) => index);
    this.used = [...new Set([...columns.values(), ...read])].sort((a, b) => a - b);
    this.place = { block: columns.get("blockNumber")!, logIndex: columns.get("logIndex")! };
  }

  /** @throws {SourceError} naming row and column. */
  read(row: Row): LogRecord {
    const position = readPlace(this.#reader, row, this.#options.chainId);
    const address =
      this.#reader.optional(row, "address", (cell) => hexBytes(cell, 20)) ?? this.#options.address;
    if (address === undefined) throw this.#reader.fault(row, "address", "20 bytes of hex", "nothing");
    const { topics, data } = this.#encode(row);
    return {
      kind: "log",
      position,
      log: { address, topics, data, logIndex: position.logIndex! },
      removed: false,
    };
  }

  #encode(row: Row): ReturnType<EventEncoder["encode"]> {
    const event = this.#reader.has("event") ? String(this.#reader.cell(row, "event")) : this.#options.table;
    const named = this.#reader.has("event") ? this.#named(event) : this.#ofTable;
    if (named.length === 0) {
      const names = [...new Set(this.#options.encoders.map(({ name }) => name))].join(", ");
      throw this.#reader.fault(row, "event", `an event of the protocol: ${names}`, event);
    }
    const valuesOf = this.#values(row);
    const whole = named.filter(({ args }) => args.every((name) => !isAbsent(valuesOf(name))));
    const encoder = whole[0];
    if (encoder === undefined) {
      const missing = named[0]!.args.filter((name) => isAbsent(valuesOf(name))).join(", ");
      throw this.#reader.fault(
        row,
        "event",
        `the arguments of ${event}: ${named[0]!.args.join(", ")}`,
        `none for ${missing}`,
        `Export them, or name their columns: ${ARGUMENT}${named[0]!.args[0]}=NAME.`,
      );
    }
    if (new Set(whole.map(({ signature }) => signature)).size > 1) {
      const signatures = whole.map(({ signature }) => signature).join(" or ");
      throw this.#reader.fault(row, "event", signatures, event, "Write the whole signature.");
    }
    let faulty = 0;
    try {
      return encoder.encode(encoder.args.map(valuesOf), (index) => {
        faulty = index;
      });
    } catch (error) {
      if (!(error instanceof CellFault)) throw error;
      throw this.#reader.fault(row, encoder.args[faulty]!, error.expected, error.received, error.advice);
    }
  }

  #named(event: string): readonly EventEncoder[] {
    const { encoders } = this.#options;
    const key: keyof EventEncoder = event.includes("(") ? "signature" : "name";
    return encoders.filter((encoder) => encoder[key] === event.replace(/\s/g, ""));
  }

  /** Arguments by name: of `args`, else of their columns. */
  #values(row: Row): (name: string) => Cell {
    if (!this.#reader.has("args")) {
      return (name) => row.cells[this.#arguments.get(plainName(name)) ?? -1] ?? null;
    }
    const args = this.#reader.read(row, "args", (cell): Readonly<Record<string, Cell>> => {
      try {
        const value: unknown = JSON.parse(String(cell));
        if (typeof value === "object" && value !== null) return value as Readonly<Record<string, Cell>>;
      } catch {
        // Said below.
      }
      throw new CellFault("a JSON object of arguments", String(cell).slice(0, 80));
    });
    return (name) => args[name] ?? null;
  }
}

/** Columns that may hold arguments, by plain name. @throws {SourceError} a mapped column is not there. */
function argumentColumns(
  names: readonly string[],
  columns: Columns,
  given: ColumnNames,
  file: string,
): ReadonlyMap<string, number> {
  const taken = new Set(columns.values());
  const found = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const plain = plainName(name);
    // A column of the place may be an argument too, such as the address of a token in its own event.
    if (!taken.has(index) || !found.has(plain)) found.set(plain, index);
    const prefixed = /^args?_/i.exec(name);
    if (prefixed) found.set(plainName(name.slice(prefixed[0].length)), index);
  }
  for (const [field, name] of Object.entries(given)) {
    if (!field.startsWith(ARGUMENT)) continue;
    const index = names.indexOf(name);
    if (index < 0) {
      const advice = "Correct the column mapping.";
      throw new SourceError({
        file,
        line: 0,
        field,
        expected: `a column "${name}"`,
        received: names.join(", "),
        advice,
      });
    }
    found.set(plainName(field.slice(ARGUMENT.length)), index);
  }
  return found;
}

/** Events that a table is named for: `deficit_created`, `DeficitCreatedEvents`. */
function eventsOfTable({ table, encoders, file }: EventRowOptions): readonly EventEncoder[] {
  const plain = plainName(table.replace(/^.*\./, ""));
  const stems = [plain, plain.replace(/events?$/, ""), plain.replace(/s$/, "")];
  const found = encoders.filter(({ name }) => stems.includes(plainName(name)));
  if (found.length > 0) return found;
  throw new SourceError({
    file,
    line: 0,
    field: "event",
    expected: "a column that names the event, or a table named for one",
    received: `table ${table}`,
    advice: "Add a column event, or map one: --columns event=NAME.",
  });
}
