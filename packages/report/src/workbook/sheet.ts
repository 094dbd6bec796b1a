import type { ExportTable } from "@shortfall/core";

/** Rows that a sheet may have, the head among them. */
export const SHEET_ROWS = 1_048_576;
/** Characters that a sheet's name and a cell may have. */
const NAME_LENGTH = 31;
const CELL_LENGTH = 32_767;

/** A sheet of a workbook: a table, or the part of it that one sheet can hold. */
export interface Sheet {
  readonly name: string;
  /** Its XML, in pieces. */
  xml(): Iterable<string>;
}

/** Sheets of a table; one that is too long for a sheet goes on in others, each with the head. */
export function sheetsOf(table: ExportTable, limit = SHEET_ROWS): Sheet[] {
  const perSheet = limit - 1;
  let count = 0;
  for (const _ of table.rows()) count++;
  return Array.from({ length: Math.max(1, Math.ceil(count / perSheet)) }, (_, index) => ({
    name: index === 0 ? nameOf(table.name, "") : nameOf(table.name, ` ${index + 1}`),
    xml: () => sheetXml(table, index * perSheet, perSheet),
  }));
}

function* sheetXml(table: ExportTable, from: number, most: number): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">';
  yield '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
  yield `<cols><col min="1" max="${table.columns.length}" width="24" customWidth="1"/></cols><sheetData>`;
  yield rowXml(1, table.columns, HEAD_STYLE);
  let at = 0;
  for (const row of table.rows()) {
    if (at >= from + most) break;
    if (at >= from) yield rowXml(at - from + 2, row, TEXT_STYLE);
    at++;
  }
  yield "</sheetData></worksheet>";
}

/** Styles of `styles.xml`: text, and bold text. */
const TEXT_STYLE = 0;
const HEAD_STYLE = 1;

const rowXml = (number: number, values: readonly string[], style: number): string =>
  `<row r="${number}">${values.map((value, k) => cellXml(`${columnName(k)}${number}`, value, style)).join("")}</row>`;

/** A cell of text: a sheet's numbers have 15 digits, so no amount may be one. */
const cellXml = (at: string, value: string, style: number): string =>
  value === ""
    ? ""
    : `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(value.slice(0, CELL_LENGTH))}</t></is></c>`;

/** `A`, `B`, … `Z`, `AA`, … */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${columnName(Math.floor(index / 26) - 1)}${letter}`;
}

/** Text in XML: markup escaped; what XML cannot hold becomes a replacement character. */
export const escapeXml = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** A name that a sheet may have, with what numbers it kept whole. */
const nameOf = (name: string, number: string): string =>
  `${name.replace(/[\\/?*[\]:]/g, " ").slice(0, NAME_LENGTH - number.length)}${number}`;
