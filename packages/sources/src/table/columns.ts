import { SourceError } from "../errors.js";

/** What a row of a log has. */
export type LogField =
  | "blockNumber"
  | "timestamp"
  | "transactionHash"
  | "logIndex"
  | "address"
  | "data"
  | "topics"
  | "topic0"
  | "topic1"
  | "topic2"
  | "topic3"
  | "blockHash"
  | "transactionIndex"
  | "removed"
  | "chainId";

/** Names of columns by field, for tables that spell them in a way of their own. */
export type ColumnNames = Readonly<Record<string, string>>;

/** Where the columns of a table are, by field. */
export type Columns = ReadonlyMap<string, number>;

/** How exports spell each field; capitals, `_` and spaces do not count. */
export const LOG_SPELLINGS: Readonly<Record<LogField, readonly string[]>> = {
  blockNumber: ["blocknumber", "blocknum", "block", "evtblocknumber"],
  timestamp: ["blocktime", "blocktimestamp", "timestamp", "evtblocktime"],
  transactionHash: ["txhash", "transactionhash", "evttxhash"],
  logIndex: ["logindex", "index", "eventindex", "evtindex"],
  address: ["contractaddress", "address"],
  data: ["data"],
  topics: ["topics"],
  topic0: ["topic0"],
  topic1: ["topic1"],
  topic2: ["topic2"],
  topic3: ["topic3"],
  blockHash: ["blockhash"],
  transactionIndex: ["txindex", "transactionindex", "txposition", "transactionposition"],
  removed: ["removed", "eventremoved"],
  chainId: ["chainid"],
};

export const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/**
 * Finds the columns of a table by their spellings, or by the names given for them.
 *
 * @throws {SourceError} a name that is no field or no column; two columns for one field; a field missing of
 * `required`, where an inner list is satisfied by any one of it.
 */
export function findColumns(
  names: readonly string[],
  spellings: Readonly<Record<string, readonly string[]>>,
  required: readonly (string | readonly string[])[],
  options: { readonly file: string; readonly line: number; readonly given: ColumnNames },
): Columns {
  const { file, line, given } = options;
  const fault = (field: string, expected: string, received: string, advice: string): SourceError =>
    new SourceError({ file, line, field, expected, received, advice });
  const columns = new Map<string, number>();
  for (const [field, name] of Object.entries(given)) {
    if (!(field in spellings)) {
      throw fault(
        "columns",
        `fields of: ${Object.keys(spellings).join(", ")}`,
        field,
        "Correct the column mapping.",
      );
    }
    const index = names.indexOf(name);
    if (index < 0) throw fault(field, `a column "${name}"`, list(names), "Correct the column mapping.");
    columns.set(field, index);
  }
  const plain = names.map(plainName);
  for (const [field, known] of Object.entries(spellings)) {
    if (columns.has(field)) continue;
    const found = plain.flatMap((name, index) => (known.includes(name) ? [index] : []));
    if (found.length > 1) {
      const both = found.map((index) => names[index]).join(" and ");
      throw fault(field, "one column", both, `Say which, such as --columns ${field}=${names[found[0]!]}.`);
    }
    if (found[0] !== undefined) columns.set(field, found[0]);
  }
  for (const entry of required) {
    const any = typeof entry === "string" ? [entry] : entry;
    if (any.some((field) => columns.has(field))) continue;
    const field = any[0]!;
    const asked = spellings[field]!.map((name) => `"${name}"`).join(" or ");
    throw fault(
      field,
      `a column such as ${asked}`,
      list(names),
      `Export it, or name it: --columns ${field}=NAME.`,
    );
  }
  return columns;
}

/** Column mapping as a command line has it: `timestamp=evt_time,data=payload`. @throws {SourceError} */
export function readColumnNames(text: string, file = "--columns"): ColumnNames {
  const names: Record<string, string> = {};
  for (const part of text.split(",")) {
    const at = part.indexOf("=");
    const field = part.slice(0, at).trim();
    const name = part.slice(at + 1).trim();
    if (at < 1 || field === "" || name === "") {
      throw new SourceError({ file, line: 0, field: "columns", expected: "field=column, …", received: part });
    }
    names[field] = name;
  }
  return names;
}

const list = (names: readonly string[]): string => {
  const text = names.join(", ");
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
};
