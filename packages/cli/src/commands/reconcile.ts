import { resolve } from "node:path";
import {
  type HistoryResult,
  haircutTables,
  notSeen,
  type ReportData,
  type ReportRows,
  reportData,
  reportFiles,
} from "@shortfall/audit";
import type { ExportFile } from "@shortfall/core";
import { htmlReportFile } from "@shortfall/report";
import type { Command } from "commander";
import { type ReconcileRequest, reconcileHistories } from "../reconcile-histories.js";
import { printReconciliation } from "../reconcile-text.js";
import { writeReportFolder } from "../report-folder.js";
import type { Session } from "../session.js";

interface ReconcileOptions {
  readonly protocol?: string;
  readonly out?: string;
  readonly calls: boolean;
}

export function addReconcile(program: Command, session: Session): void {
  program
    .command("reconcile")
    .summary("re-execute logs and compare every write-off")
    .description(
      "Re-executes logs with the protocol's own arithmetic and compares every write-off and every checkpoint.\n" +
        "Reads golden traces (shortfall-trace/1) and plain logs (shortfall-logs/1), plain or gzip.",
    )
    .argument("<files...>", "histories, or folders of them")
    .option("--protocol <name>", "the protocol, where a header names none; refuses any other")
    .option("--out <folder>", "write the report folder; an earlier report there is replaced")
    .option("--no-calls", "read no call; take such lines over from the record and report them")
    .addHelpText(
      "after",
      "\nDifference is recomputed minus reported, in base units.\n" +
        "\nExit code: 0 everything agrees · 1 something differs or was not read · 2 the input cannot be read" +
        "\n\nExamples:" +
        "\n  shortfall reconcile logs.jsonl.gz --out report" +
        "\n  shortfall reconcile packages/testing/vectors/morpho-blue/cascade-1.jsonl.gz --json",
    )
    .action(async (paths: string[], options: ReconcileOptions) => {
      const request: ReconcileRequest = {
        paths,
        calls: options.calls,
        ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
      };
      const { results, ignored } = await reconcileHistories(request, session);
      const data = reportData(results, { calls: options.calls });
      if (options.out !== undefined)
        await writeReportFolder(resolve(options.out), reportFilesOf(data, results));
      const { output } = session;
      output.document(document(data, ignored, options.out));
      printReconciliation(data, options.out, output);
      for (const path of ignored) output.warn(`${path} is no history and was not read.`);
      session.exitCode = data.verdict === "agree" ? 0 : 1;
    });
}

/** All files of the report folder but its manifest. */
export function reportFilesOf(data: ReportData, results: readonly HistoryResult[]): ExportFile[] {
  const rows: ReportRows = {
    *haircuts() {
      for (const result of results) yield* haircutTables(result);
    },
    *journals() {
      for (const { name, model } of results) yield { name, journal: model.journal };
    },
  };
  return [...reportFiles(data, rows), htmlReportFile(data, rows)];
}

function document(data: ReportData, ignored: readonly string[], out: string | undefined): unknown {
  const sum = (pick: (coverage: ReportData["coverage"][number]) => number): number =>
    data.coverage.reduce((total, coverage) => total + pick(coverage), 0);
  return {
    verdict: data.verdict,
    protocol: data.protocol,
    transactions: sum((coverage) => coverage.transactions),
    logs: sum((coverage) => coverage.logs),
    writeOffs: data.writeOffs,
    findings: data.findings,
    findingCounts: data.severities,
    coverage: { histories: data.coverage, notSeen: notSeen(data) },
    trialBalance: data.trialBalance,
    journalDigest: data.journalDigest,
    ignored,
    ...(out === undefined ? {} : { out }),
  };
}
