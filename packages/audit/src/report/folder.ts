import { canonicalJson, type ExportFile, type HaircutTable } from "@shortfall/core";
import { JOURNAL_NAME } from "./journal-lines.js";
import type { ReportData } from "./report-data.js";
import { summaryText } from "./summary.js";
import { haircutRows, trialBalanceRows, writeOffRows } from "./tables.js";
import { notSeen } from "./words.js";

/** Format named in `inputs.json`. */
export const REPORT_FORMAT = "shortfall-report/1";

/** What a folder holds beside its data: rows of haircuts and the text of the journals, made when walked. */
export interface ReportRows {
  haircuts(): Iterable<HaircutTable>;
  /** Pieces of `journal.jsonl`, history after history. */
  journal(): Iterable<string>;
}

/** All files of a report folder but the manifest; the same bytes for the same input, anywhere. */
export function reportFiles(data: ReportData, rows: ReportRows): ExportFile[] {
  return [
    ...dataFiles(data),
    { name: "haircuts.csv", chunks: () => haircutRows(rows.haircuts()) },
    { name: JOURNAL_NAME, chunks: () => rows.journal() },
  ];
}

/** The files that follow from the data alone; verification writes them again and compares. */
export function dataFiles(data: ReportData): ExportFile[] {
  return [
    { name: "summary.md", chunks: () => summaryText(data) },
    { name: "writeoffs.csv", chunks: () => writeOffRows(data) },
    { name: "writeoffs.json", chunks: () => jsonArray(data.writeOffs) },
    { name: "findings.json", chunks: () => jsonArray(data.findings) },
    { name: "trial-balance.csv", chunks: () => trialBalanceRows(data) },
    { name: "coverage.json", chunks: () => coverageText(data) },
    { name: "inputs.json", chunks: () => inputsText(data) },
  ];
}

/** One member a line, so that differences between two reports are lines. */
function* jsonArray(members: readonly unknown[]): Generator<string> {
  yield "[";
  for (const [index, member] of members.entries())
    yield `${index === 0 ? "" : ","}\n${canonicalJson(member)}`;
  yield "\n]\n";
}

function* coverageText(data: ReportData): Generator<string> {
  yield '{"histories":';
  yield* jsonArray(data.coverage);
  yield ',"notSeen":';
  yield* jsonArray(notSeen(data));
  yield "}\n";
}

function* inputsText(data: ReportData): Generator<string> {
  const report = {
    format: REPORT_FORMAT,
    protocol: data.protocol,
    verdict: data.verdict,
    calls: data.calls,
    findings: data.severities,
    journalDigest: data.journalDigest,
  };
  yield `{"report":${canonicalJson(report)},\n"histories":`;
  yield* jsonArray(data.histories);
  yield ',"inputs":';
  yield* jsonArray(data.inputs);
  yield ',"pools":';
  yield* jsonArray(data.pools);
  yield ',"commodities":';
  yield* jsonArray([...data.commodities].map(([commodity, shown]) => ({ commodity, ...shown })));
  yield "}\n";
}
