import type { ExportBook, Exporter, ExportTable } from "@shortfall/core";
import { Zip, ZipDeflate } from "fflate";
import { escapeXml, SHEET_ROWS, type Sheet, sheetsOf } from "./sheet.js";

/** Excel's own first day, so that a file's bytes do not depend on when it is written. */
const ENTRY_TIME = new Date(1980, 0, 1);
/** Characters that are handed to compression at a time. */
const PIECE = 1 << 16;

/** The tables of a report as one workbook; every cell is text, so that no digit is lost. */
export const xlsxExporter: Exporter = {
  format: "xlsx",
  title: "Excel workbook of the report's tables",
  files: (book) => [{ name: "report.xlsx", chunks: () => workbook(book) }],
};

/**
 * An Office Open XML workbook, compressed while it is made: the same bytes for the same book.
 *
 * @param limit rows of a sheet; a longer table goes on in further sheets.
 */
export function* workbook(book: ExportBook, limit = SHEET_ROWS): Generator<Uint8Array> {
  const tables = book.tables?.() ?? [postings(book)];
  const sheets = tables.flatMap((table) => sheetsOf(table, limit));
  const parts: [string, Iterable<string>][] = [
    ["[Content_Types].xml", [contentTypes(sheets)]],
    ["_rels/.rels", [relations([["officeDocument", "xl/workbook.xml"]])]],
    ["xl/workbook.xml", [workbookXml(sheets)]],
    [
      "xl/_rels/workbook.xml.rels",
      [
        relations([
          ...sheets.map((_, k): [string, string] => ["worksheet", `worksheets/sheet${k + 1}.xml`]),
          ["styles", "styles.xml"],
        ]),
      ],
    ],
    ["xl/styles.xml", [STYLES]],
    ...sheets.map((sheet, k): [string, Iterable<string>] => [`xl/worksheets/sheet${k + 1}.xml`, sheet.xml()]),
  ];
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, data) => {
    if (error) throw error;
    ready.push(data);
  });
  for (const [name, pieces] of parts) {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = ENTRY_TIME;
    zip.add(entry);
    for (const text of inPieces(pieces)) {
      entry.push(new TextEncoder().encode(text));
      yield* ready.splice(0);
    }
    entry.push(new Uint8Array(), true);
  }
  zip.end();
  yield* ready.splice(0);
}

function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** What a book has without a report: its postings. */
function postings(book: ExportBook): ExportTable {
  return {
    name: "Postings",
    columns: ["sequence", "kind", "block", "tx", "pool", "account", "commodity", "base units"],
    *rows() {
      for (const { sequence, kind, position, postings: sides } of book.entries()) {
        for (const { pool, account, commodity, amount } of sides) {
          yield [
            `${sequence}`,
            kind,
            `${position.block}`,
            position.transaction ?? "",
            pool,
            account,
            commodity,
            `${amount}`,
          ];
        }
      }
    },
  };
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml";

const contentTypes = (sheets: readonly Sheet[]): string =>
  `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  '<Default Extension="xml" ContentType="application/xml"/>' +
  `<Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/>` +
  `<Override PartName="/xl/styles.xml" ContentType="${SPREADSHEET}.styles+xml"/>` +
  sheets
    .map(
      (_, k) =>
        `<Override PartName="/xl/worksheets/sheet${k + 1}.xml" ContentType="${SPREADSHEET}.worksheet+xml"/>`,
    )
    .join("") +
  "</Types>";

const relations = (targets: readonly (readonly [type: string, target: string])[]): string =>
  `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets
    .map(
      ([type, target], k) => `<Relationship Id="rId${k + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
    )
    .join("")}</Relationships>`;

const workbookXml = (sheets: readonly Sheet[]): string =>
  `${HEAD}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${OFFICE}"><sheets>${sheets
    .map(({ name }, k) => `<sheet name="${escapeXml(name)}" sheetId="${k + 1}" r:id="rId${k + 1}"/>`)
    .join("")}</sheets></workbook>`;

/** Two styles, both text (number format 49): plain, and bold for heads. */
const STYLES =
  `${HEAD}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  '<cellXfs count="2"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' +
  '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>' +
  "</styleSheet>";
