import { resolve } from "node:path";
import {
  type HistoryResult,
  haircutTables,
  historyLiabilities,
  notSeen,
  type ReportData,
  type ReportRows,
  reportData,
  reportFiles,
  type Statements,
  statementsOf,
} from "@shortfall/audit";
import type { ExportFile } from "@shortfall/core";
import { htmlReportFile } from "@shortfall/report";
import { readColumnNames, tableKind } from "@shortfall/sources";
import { type Command, Option } from "commander";
import { chooseHeader, listMarkets } from "../market-choice.js";
import { CHECKS, type NodeOptions, readNode } from "../node-history.js";
import { type ReconcileRequest, reconcileHistories } from "../reconcile-histories.js";
import { printReconciliation } from "../reconcile-text.js";
import { ReportFolder } from "../report-folder.js";
import type { Session } from "../session.js";

interface ReconcileOptions extends NodeOptions {
  readonly protocol?: string;
  readonly out?: string;
  readonly columns?: string;
  readonly calls: boolean;
}

export function addReconcile(program: Command, session: Session): void {
  program
    .command("reconcile")
    .summary("re-execute logs and compare every write-off")
    .description(
      "Re-executes logs with the protocol's own arithmetic and compares every write-off and every checkpoint.\n" +
        "Reads golden traces (shortfall-trace/1) and plain logs (shortfall-logs/1), plain or gzip, and tables of\n" +
        "logs with a header beside them: CSV, Parquet, PostgreSQL.",
    )
    .argument("[inputs...]", "histories, folders of them, tables, postgres://…?table=NAME; none with --rpc")
    .option("--protocol <name>", "the protocol, where a header names none; refuses any other")
    .option("--out <folder>", "write the report folder; an earlier report there is replaced")
    .option("--no-calls", "read no call; take such lines over from the record and report them")
    .option("--rpc <url>", "read the logs from a node instead of files")
    .option(
      "--header <file>",
      "header of the history in a table or on a node; then prices and calls, which neither has",
    )
    .option(
      "--market <name>",
      "contracts and first block of a known market, such as aave-v3/ethereum/core; list shows them",
    )
    .option("--markets <file>", "markets of one's own, or other addresses for known ones")
    .option("--columns <mapping>", "columns of a table that spells them otherwise: timestamp=at,data=payload")
    .option("--address <contracts...>", "contracts to read, where the header's rpc.addresses names none")
    .option("--from-block <number>", "first block, instead of the header's rpc.fromBlock")
    .option("--to-block <number>", "last block; the last finalised one unless the header's rpc.toBlock says")
    .addOption(
      new Option("--check <how>", "that no log is missing; receipts also finds touches")
        .choices(CHECKS)
        .default("none"),
    )
    .option("--second-rpc <url>", "the other node for --check second")
    .option("--save <file>", "keep what was read; an interrupted reading carries on from it")
    .addHelpText(
      "after",
      "\nDifference is recomputed minus reported, in base units.\n" +
        "\nExit code: 0 everything agrees · 1 something differs or was not read · 2 the input cannot be read" +
        "\n\nExamples:" +
        "\n  shortfall reconcile logs.jsonl.gz --out report" +
        "\n  shortfall reconcile logs.csv --header header.jsonl" +
        "\n  shortfall reconcile --rpc http://127.0.0.1:8545 --header header.jsonl --save logs.jsonl" +
        "\n  shortfall reconcile --rpc http://127.0.0.1:8545 --market morpho-blue/base/core --save logs.jsonl" +
        "\n  shortfall reconcile packages/testing/vectors/morpho-blue/cascade-1.jsonl.gz --json",
    )
    .action(async (paths: string[], options: ReconcileOptions) => {
      if (options.market === "list") return listMarkets(options, session);
      const names = options.header !== undefined || options.market !== undefined;
      const wantsNode = options.rpc !== undefined || (names && paths.length === 0);
      if (wantsNode && paths.length > 0) session.usage("Give files or --rpc, not both.");
      if (!wantsNode && paths.length === 0) session.usage("Name at least one file, or a node with --rpc.");
      const node = wantsNode ? await readNode(options, session) : undefined;
      const request: ReconcileRequest = {
        paths: node === undefined ? paths : [node.path],
        calls: options.calls,
        ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
        ...(node === undefined ? await readTableOptions(options, paths, session) : {}),
      };
      const { data, ignored, statements } = await run(request, options.out, session).finally(node?.release);
      const { output } = session;
      output.document({
        ...document(data, ignored, options.out),
        ...(statements === undefined ? {} : { statements }),
        ...(node === undefined ? {} : { node: { ...node.download, implementations: node.implementations } }),
      });
      printReconciliation(data, options.out, output);
      for (const path of ignored) output.warn(`${path} is no history and was not read.`);
      session.exitCode = data.verdict === "agree" ? 0 : 1;
    });
}

/** What the options say about tables. */
async function readTableOptions(
  options: ReconcileOptions,
  paths: readonly string[],
  session: Session,
): Promise<Pick<ReconcileRequest, "header" | "columns">> {
  const { columns, header, market } = options;
  if ([columns, header, market].every((option) => option === undefined)) return {};
  if (!paths.some(tableKind)) {
    session.usage("--header, --market and --columns are for tables of logs; files have a header.");
  }
  const chosen = await chooseHeader(options, session);
  return {
    ...(chosen === undefined ? {} : { header: chosen }),
    ...(columns === undefined ? {} : { columns: readColumnNames(columns) }),
  };
}

/** Reconciles; with a folder to write, the journal goes there while the histories are read. */
async function run(
  request: ReconcileRequest,
  out: string | undefined,
  session: Session,
): Promise<{
  readonly data: ReportData;
  readonly ignored: readonly string[];
  /** For machines only: people find them in the folder. */
  readonly statements?: Statements;
}> {
  const { json } = session.output;
  // Nobody holds a whole journal; statements are made from its lines.
  const scratch = out === undefined && json ? await ReportFolder.scratch() : undefined;
  const folder = out === undefined ? scratch : await ReportFolder.begin(resolve(out));
  try {
    const { results, ignored } = await reconcileHistories(
      folder ? { ...request, journal: folder.addJournal } : request,
      session,
    );
    const data = reportData(results, { calls: request.calls });
    const statements = json && folder ? statementsOf(data, folder.journal()) : undefined;
    if (scratch) await scratch.discard();
    else await folder?.finish(reportFilesOf(data, results, () => folder.journal()));
    return { data, ignored, ...(statements === undefined ? {} : { statements }) };
  } catch (error) {
    await folder?.discard();
    throw error;
  }
}

/** All files of the report folder but its manifest. */
export function reportFilesOf(
  data: ReportData,
  results: readonly HistoryResult[],
  journal: ReportRows["journal"],
): ExportFile[] {
  const rows: ReportRows = {
    *haircuts() {
      for (const result of results) yield* haircutTables(result);
    },
    journal,
    *liabilities() {
      for (const result of results) yield* historyLiabilities(result);
    },
  };
  return [...reportFiles(data, rows), htmlReportFile(data, rows)];
}

function document(data: ReportData, ignored: readonly string[], out: string | undefined): object {
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
