import { createHash } from "node:crypto";
import { resolve } from "node:path";
import {
  digestOf,
  JOURNAL_NAME,
  type ReportData,
  reportData,
  VERIFIER,
  type VerifyFailure,
  verifyFolder,
} from "@shortfall/audit";
import { digestText } from "@shortfall/core";
import { HTML_REPORT_NAME, htmlReportFile } from "@shortfall/report";
import type { Command } from "commander";
import { reconcileHistories } from "../reconcile-histories.js";
import { digestOfStored, openReportFolder } from "../report-folder.js";
import type { Session } from "../session.js";
import { storedRows } from "../stored-rows.js";
import { reportFilesOf } from "./reconcile.js";
import { isRiskReport, proveRiskReport } from "./risk-report.js";

/** Of the verifier that this version writes into folders; one that differs is a failure. */
const VERIFIER_DIGEST = digestText(VERIFIER);

interface VerifyOptions {
  readonly logs?: readonly string[];
}

export function addVerify(program: Command, session: Session): void {
  program
    .command("verify")
    .summary("prove that a report folder is intact")
    .description(
      "Proves offline that a report folder is intact and that its parts follow from each other:\n" +
        "file digests, journal chain and balance, sums, verdict, and every table written again.\n" +
        "A risk report is computed again from the input in it.\n" +
        "With --logs the whole report is computed again from the logs and compared byte by byte.",
    )
    .argument("<folder>", "report folder")
    .option("--logs <files...>", "the histories the report was made from")
    .addHelpText(
      "after",
      "\nExit code: 0 intact · 1 something does not hold · 2 no report folder, or the logs cannot be read" +
        "\n\nExamples:" +
        "\n  shortfall verify report" +
        "\n  shortfall verify report --logs logs.jsonl.gz",
    )
    .action(async (folder: string, options: VerifyOptions) => {
      const { output } = session;
      if (await isRiskReport(folder)) {
        if (options.logs)
          session.usage("A risk report has no logs: it is computed again from its own input.");
        await proveRiskReport(folder, session);
        return;
      }
      const result = await verifyFolder(await openReportFolder(resolve(folder)));
      const failures: VerifyFailure[] = [...result.failures];
      if (result.ok && result.data) failures.push(...(await checkPage(resolve(folder), result.data)));
      if (options.logs && result.data) {
        failures.push(...(await recompute(resolve(folder), options.logs, result.data.calls, session)));
      }
      const ok = failures.length === 0;
      output.document({
        ok,
        blocks: result.blocks,
        digest: result.digest,
        verifier: VERIFIER_DIGEST,
        failures,
        recomputed: options.logs !== undefined && result.data !== undefined,
      });
      const proved = `${result.blocks} journal ${result.blocks === 1 ? "block" : "blocks"}`;
      if (ok) {
        const again = options.logs ? " It comes out of the logs byte for byte." : "";
        output.line(
          output.colors.bold(`This report is intact: ${proved}, all sums and tables hold.${again}`),
        );
        output.line(`Journal digest ${result.digest}`);
        output.line(`verify.mjs     ${VERIFIER_DIGEST}`);
        output.line("Compare both with a copy from elsewhere: a folder cannot vouch for itself.");
      } else {
        output.line(output.colors.bold(`This report does not hold: ${failures.length} failed.`));
        for (const { file, reason } of failures) output.line(`${output.colors.red("x")} ${file}: ${reason}`);
      }
      session.exitCode = ok ? 0 : 1;
    });
}

/** Writes the page again from the folder's own data and compares. */
async function checkPage(folder: string, data: ReportData): Promise<VerifyFailure[]> {
  const reader = await openReportFolder(folder);
  if (!(await reader.names()).includes(HTML_REPORT_NAME)) {
    return [{ file: HTML_REPORT_NAME, reason: "is missing" }];
  }
  const stored = await digestOfStored(reader.chunks(HTML_REPORT_NAME));
  if (stored === digestOf(htmlReportFile(data, storedRows(folder)))) return [];
  return [{ file: HTML_REPORT_NAME, reason: "is not what the data of this folder give" }];
}

/** Computes the report again and compares every file. */
async function recompute(
  folder: string,
  logs: readonly string[],
  calls: boolean,
  session: Session,
): Promise<VerifyFailure[]> {
  const computed = createHash("sha256");
  const { results } = await reconcileHistories(
    { paths: logs, calls, journal: (text) => void computed.update(text) },
    session,
  );
  const journalDigest = computed.digest("hex");
  const reader = await openReportFolder(folder);
  const names = new Set(await reader.names());
  // Where the stored journal is another, its digest is too, which the page shows: the page differs as well.
  const journal = names.has(JOURNAL_NAME) ? storedRows(folder).journal : () => [];
  const expected = reportFilesOf(reportData(results, { calls }), results, journal);
  const failures: VerifyFailure[] = [];
  for (const file of expected) {
    // What is missing was said before.
    if (!names.has(file.name)) continue;
    const stored = await digestOfStored(reader.chunks(file.name));
    const digest = file.name === JOURNAL_NAME ? journalDigest : digestOf(file);
    if (stored !== digest) failures.push({ file: file.name, reason: "is not what the logs give" });
  }
  return failures;
}
