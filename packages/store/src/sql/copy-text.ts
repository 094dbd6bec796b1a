/*
 * Rows in the text format of COPY: fields between tabs, rows ended by a line feed, \N for null, a backslash before
 * what would be mistaken.
 */

const ESCAPES = new Map([
  ["\\", "\\\\"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\r", "\\r"],
]);
const UNESCAPES = new Map([
  ["t", "\t"],
  ["n", "\n"],
  ["r", "\r"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
]);

export type CopyField = string | number | bigint | undefined;

export function copyRow(fields: readonly CopyField[]): string {
  return `${fields.map(copyField).join("\t")}\n`;
}

function copyField(field: CopyField): string {
  if (field === undefined) return "\\N";
  if (typeof field !== "string") return field.toString();
  return /[\\\t\n\r]/.test(field) ? field.replace(/[\\\t\n\r]/g, (char) => ESCAPES.get(char) ?? char) : field;
}

/** Rows of fields; undefined for null. */
export function parseCopy(text: string): (string | undefined)[][] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line) => line.split("\t").map(parseField));
}

function parseField(field: string): string | undefined {
  if (field === "\\N") return undefined;
  return field.includes("\\")
    ? field.replace(/\\(.)/g, (_, char: string) => UNESCAPES.get(char) ?? char)
    : field;
}
