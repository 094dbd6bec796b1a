import { canonicalJson, type ExportFile, type HaircutTable } from "@shortfall/core";
import { LIABILITIES_NAME, liabilityRows } from "../proofs/liability-rows.js";
import type { HistoryLiabilities } from "../proofs/liability-tree.js";
import { entriesRoots, liabilitiesRoot, ROOTS_NAME, rootsText } from "../proofs/roots.js";
import { STATEMENTS_NAME, statementsOf, statementsText } from "../statements/statements.js";
import { VERIFIER, VERIFIER_NAME } from "../verify/verifier-text.js";
import { JOURNAL_NAME } from "./journal-lines.js";
import { jsonArray } from "./json-array.js";
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
  /** Whom the pools owe; none where no model tells. */
  liabilities?(): Iterable<HistoryLiabilities>;
}

/** All files of a report folder but the manifest; the same bytes for the same input, anywhere. */
export function reportFiles(data: ReportData, rows: ReportRows): ExportFile[] {
  return [
    ...dataFiles(data),
    { name: "haircuts.csv", chunks: () => haircutRows(rows.haircuts()) },
    { name: JOURNAL_NAME, chunks: () => rows.journal() },
    {
      name: LIABILITIES_NAME,
      chunks: () => liabilityRows(rows.liabilities?.() ?? [], data.trialBalance),
    },
    {
      name: STATEMENTS_NAME,
      chunks: () => statementsText(statementsOf(data, rows.journal())),
    },
    {
      name: ROOTS_NAME,
      chunks: () =>
        rootsText(
          entriesRoots(rows.journal()),
          Array.from(rows.liabilities?.() ?? [], (table) => liabilitiesRoot(table)),
        ),
    },
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
    { name: VERIFIER_NAME, chunks: () => [VERIFIER] },
  ];
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
