import {
  areRecords,
  csvCells,
  type DocumentFormat,
  delimiterOf,
  formatOf,
  parseJson,
  parseNumeral,
} from "../documents/index.js";
import { Inspector, type QualityOptions, type QualityReport } from "./inspector.js";

/** A line of a file, numbered from 1. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/**
 * Looks for numbers that lost digits, or that a reader will misread, in the columns of any JSON, JSON Lines or CSV
 * file. Numbers are judged by the digits that the file writes. Of JSON Lines and CSV one line is held at a time.
 *
 * @param file its name tells the format; without a known ending the first character does.
 * @throws {DocumentError} a JSON document that is none. A bad line of the other two is a finding.
 */
export async function inspectQuality(
  file: string,
  lines: AsyncIterable<NumberedLine> | Iterable<NumberedLine>,
  options: QualityOptions = {},
): Promise<QualityReport> {
  const inspector = new Inspector(file, options);
  const whole: string[] = [];
  let format: DocumentFormat | undefined;
  let header: readonly string[] | undefined;
  let delimiter = ",";
  for await (const line of lines) {
    const { number } = line;
    const text = number === 1 ? line.text.replace(/^\ufeff/, "") : line.text;
    format ??= formatOf(file, text);
    if (format === "json") whole.push(text);
    else if (text.trim() === "") continue;
    else if (format === "json-lines") inspector.line(number, text);
    else if (header) inspector.cells(header, csvCells(text, delimiter), number);
    else {
      delimiter = delimiterOf(text);
      const cells = csvCells(text, delimiter).map((cell) => cell.trim());
      const isData = cells.every((cell) => parseNumeral(cell) !== undefined);
      header = isData ? cells.map((_, index) => `column ${index + 1}`) : cells;
      if (isData) inspector.cells(header, cells, number);
    }
  }
  if (format === "json" && areRecords(whole, file)) {
    whole.forEach((text, index) => {
      if (text.trim() !== "") inspector.line(index + 1, text);
    });
    return inspector.report("json-lines");
  }
  if (format === "json") inspector.document(parseJson(whole.join("\n"), file));
  return inspector.report(format ?? "json");
}
