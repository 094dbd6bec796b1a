import { basename } from "node:path";
import {
  expandPaths,
  type InputFile,
  JSON_OBJECT,
  type JsonFile,
  openJsonFile,
  SourceError,
  TRACE_FORMAT,
} from "@shortfall/sources";
import { caseResult, checkTrace, type GoldenResult, type TraceMode } from "@shortfall/testing";
import { type Command, Option } from "commander";
import { type FileFault, faultOf } from "../fault.js";
import type { Output } from "../output.js";
import type { Session } from "../session.js";

const MODES: Readonly<Record<string, readonly TraceMode[]>> = {
  observe: ["observe"],
  execute: ["execute"],
  both: ["observe", "execute"],
};
/** Mismatches that are listed; all are counted. */
const LISTED = 20;

interface ConformOptions {
  readonly mode: string;
  readonly calls: boolean;
}

interface FileResult extends GoldenResult {
  readonly file: string;
}

export function addConform(program: Command, session: Session): void {
  program
    .command("conform")
    .summary("check golden files against the models")
    .description(
      "Runs golden files of any known format through the models and compares every recorded value.\n" +
        "Folders are searched for .jsonl, .ndjson and .json files, plain or .gz.",
    )
    .argument("<files...>", "golden files, or folders of them")
    .addOption(
      new Option("--mode <mode>", "observe (from logs), execute (from calls) or both")
        .choices(Object.keys(MODES))
        .default("observe"),
    )
    .option("--no-calls", "read no call; take such lines over from the record and report them")
    .addHelpText(
      "after",
      "\nA line whose action cannot be executed is counted once, by observe where that runs." +
        "\n\nExit code: 0 all equal · 1 something differs or was not checked · 2 a file cannot be read" +
        "\n\nExamples:" +
        "\n  shortfall conform packages/testing/vectors/compound-v3 --mode both" +
        "\n  shortfall conform trace.jsonl.gz --json",
    )
    .action(async (paths: string[], options: ConformOptions) => {
      session.exitCode = await conform(paths, MODES[options.mode]!, options.calls, session);
    });
}

async function conform(
  paths: readonly string[],
  modes: readonly TraceMode[],
  calls: boolean,
  session: Session,
): Promise<number> {
  const { output } = session;
  const results: FileResult[] = [];
  const faults: FileFault[] = [];
  const ignored: string[] = [];
  for (const input of await expandPaths(paths)) {
    try {
      const found = await checkFile(input, modes, calls, session);
      if (found === "foreign") ignored.push(input.path);
      else results.push(...found.map((result) => ({ file: input.path, ...result })));
    } catch (error) {
      faults.push(faultOf(error, input.path));
    }
  }
  if (results.length === 0 && faults.length === 0) throw withoutGoldenFiles(paths);
  report(results, faults, ignored, output);
  if (faults.length > 0) return 2;
  return results.some(isIncomplete) ? 1 : 0;
}

/** Results of one file; `foreign` for a file of a folder that does not claim to be one of ours. */
async function checkFile(
  input: InputFile,
  modes: readonly TraceMode[],
  calls: boolean,
  session: Session,
): Promise<GoldenResult[] | "foreign"> {
  const file = await openUnlessForeign(input);
  if (file === "foreign") return file;
  try {
    return await checkOpened(file, input, modes, calls, session);
  } finally {
    if (file.kind === "lines") await file.close();
  }
}

async function openUnlessForeign(input: InputFile): Promise<JsonFile | "foreign"> {
  try {
    return await openJsonFile(input.path);
  } catch (error) {
    if (!input.named && error instanceof SourceError && error.expected === JSON_OBJECT) return "foreign";
    throw error;
  }
}

async function checkOpened(
  file: JsonFile,
  input: InputFile,
  modes: readonly TraceMode[],
  calls: boolean,
  session: Session,
): Promise<GoldenResult[] | "foreign"> {
  const head = file.kind === "lines" ? file.first.value : file.value;
  const { format } = head;
  if (format === TRACE_FORMAT && file.kind === "lines") {
    const { adapter, header } = session.adapters.for(head);
    const progress = session.output.progress(basename(input.path));
    try {
      const results = await checkTrace(adapter, header, file.rest, {
        modes,
        calls,
        keep: LISTED,
        onLine: (lines) => progress.update(lines, "lines"),
      });
      if (results.every((result) => result.transactions === 0)) throw withoutLines(input.path);
      return results;
    } finally {
      progress.end();
    }
  }
  const cases = typeof format === "string" ? session.caseFormats.get(format) : undefined;
  if (cases) return [caseResult(cases.family, cases.check(head), LISTED)];
  if (!input.named && !(typeof format === "string" && format.startsWith("shortfall-"))) return "foreign";
  throw new SourceError({
    file: input.path,
    line: file.kind === "lines" ? 1 : 0,
    field: "format",
    expected: `one of: ${[TRACE_FORMAT, ...session.caseFormats.keys()].join(", ")}`,
    received: format === undefined ? "nothing" : JSON.stringify(format),
    advice: "Name golden files; `shortfall reconcile` reads logs.",
  });
}

const withoutGoldenFiles = (paths: readonly string[]): SourceError =>
  new SourceError({
    file: paths.join(", "),
    line: 0,
    field: "files",
    expected: "at least one golden file",
    received: "other JSON files only",
    advice: "A golden file names its format at the top.",
  });

const withoutLines = (file: string): SourceError =>
  new SourceError({
    file,
    line: 2,
    field: "(line)",
    expected: "recorded lines after the header",
    received: "the end of the file",
    advice: "Fetch the file again.",
  });

/** Something differs, or lines were checked in no mode of this run. */
const isIncomplete = (result: FileResult, _index: number, all: readonly FileResult[]): boolean =>
  result.mismatches > 0 ||
  result.incomplete > 0 ||
  result.resyncs > 0 ||
  (result.skipped > 0 && !all.some((other) => other.file === result.file && other.mode === "observe")) ||
  (result.skipped > 0 && result.mode === "observe");

function report(
  results: readonly FileResult[],
  faults: readonly FileFault[],
  ignored: readonly string[],
  output: Output,
): void {
  const sum = (pick: (result: FileResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const totals = {
    files: new Set(results.map((result) => result.file)).size,
    transactions: sum((result) => result.transactions),
    comparisons: sum((result) => result.comparisons),
    mismatches: sum((result) => result.mismatches),
    callsUsed: sum((result) => result.callsUsed),
    resyncs: sum((result) => result.resyncs),
    skipped: sum((result) => result.skipped),
  };
  const first = results
    .flatMap((result) => result.first.map((mismatch) => ({ file: result.file, ...mismatch })))
    .slice(0, LISTED);
  output.document({
    results: results.map(({ first: _first, ...result }) => result),
    totals,
    first,
    errors: faults,
    ignored,
  });
  printResults(results, totals, output);
  for (const mismatch of first) {
    output.line(
      `${output.colors.red("x")} ${mismatch.file}, ${mismatch.line > 0 ? `line ${mismatch.line}, ` : ""}${mismatch.mode}, ${mismatch.field}`,
    );
    output.line(`    recorded ${mismatch.recorded}`);
    output.line(`    computed ${mismatch.computed}`);
  }
  if (totals.mismatches > first.length && first.length > 0) {
    output.line(`  and ${totals.mismatches - first.length} more mismatches`);
  }
  if (ignored.length > 0) {
    const files = ignored.length === 1 ? "other JSON file names" : "other JSON files name";
    output.line(`${ignored.length} ${files} no format of ours: left out.`);
  }
  for (const fault of faults) output.error(fault.message);
}

function printResults(
  results: readonly FileResult[],
  totals: Readonly<Record<string, number>>,
  output: Output,
): void {
  if (results.length === 0) return;
  const figures = (row: Readonly<Record<string, unknown>>): string[] =>
    ["transactions", "comparisons", "mismatches", "callsUsed", "resyncs", "skipped"].map((key) =>
      String(row[key]),
    );
  const shared = sharedFolder(results.map((result) => result.file));
  output.table(
    [
      ["file", "mode", "lines", "compared", "differ", "calls", "resyncs", "skipped"],
      ...results.map((result) => [result.file.slice(shared), result.mode, ...figures({ ...result })]),
      [`${totals.files} files`, "", ...figures(totals)],
    ],
    ["left", "left", "right", "right", "right", "right", "right", "right"],
  );
  const reasons = new Set(results.flatMap((result) => result.skipReasons));
  for (const reason of reasons) output.line(`skipped: ${reason}`);
  const cases = results.filter((result) => result.mode === "cases").length;
  const lines = cases === 0 ? "lines" : cases === results.length ? "cases" : "lines and cases";
  if (totals.mismatches === 0) {
    output.line(
      output.colors.bold(
        `All ${totals.comparisons} recorded values of ${totals.transactions} ${lines} agree.`,
      ),
    );
  } else {
    output.line(
      output.colors.bold(`${totals.mismatches} of ${totals.comparisons} recorded values do not agree.`),
    );
  }
}

/** Length of the folder path that all files share. */
function sharedFolder(paths: readonly string[]): number {
  const [first = ""] = paths;
  let length = first.lastIndexOf("/") + 1;
  while (length > 0 && !paths.every((path) => path.startsWith(first.slice(0, length)))) {
    length = first.lastIndexOf("/", length - 2) + 1;
  }
  return length;
}
