import { dirname, relative, resolve } from "node:path";
import {
  EVIDENCE_KINDS,
  type EvidenceDescription,
  EvidenceError,
  type EvidenceReport,
  parseEvidence,
  reconcileEvidence,
} from "@shortfall/audit";
import { expandPaths, readText } from "@shortfall/sources";
import type { Command } from "commander";
import { aaveAccruals } from "../evidence/accruals.js";
import { type FileFault, faultOf } from "../fault.js";
import { layOut, type Output } from "../output.js";
import type { Session } from "../session.js";

const KINDS = [...EVIDENCE_KINDS, aaveAccruals];
/** How descriptions in a folder are called. */
const DESCRIPTION = /\.evidence\.json$/;
/** Rows of a table and findings that are printed; all are in the JSON. */
const PRINTED = 30;

interface FileReport extends EvidenceReport {
  readonly file: string;
}

export function addEvidence(program: Command, session: Session): void {
  program
    .command("evidence")
    .summary("reconcile published figures with the data behind them")
    .description(
      "Reads descriptions (shortfall-evidence/1) that say which columns of which files play which role, puts\n" +
        "their question to the files, and says in one sentence what holds and what does not, with exact figures.\n" +
        `Kinds: ${KINDS.map(({ id }) => id).join(", ")}.`,
    )
    .argument("<descriptions...>", "description files; a folder stands for the *.evidence.json in it")
    .addHelpText(
      "after",
      "\nExit code: 0 every figure holds · 1 something does not · 2 a description or a file cannot be read" +
        "\n\nExamples:" +
        "\n  shortfall evidence packages/testing/vectors/rari-fuse-redemption" +
        "\n  shortfall evidence budget.evidence.json --json",
    )
    .action(async (paths: string[]) => {
      session.exitCode = await evidence(paths, session);
    });
}

async function evidence(paths: readonly string[], session: Session): Promise<number> {
  const { output } = session;
  const reports: FileReport[] = [];
  const faults: FileFault[] = [];
  const inputs = (await expandPaths(paths)).filter(({ named, path }) => named || DESCRIPTION.test(path));
  if (inputs.length === 0) return session.usage("No *.evidence.json is below the folders named.");
  for (const { path } of inputs) {
    try {
      reports.push({ file: path, ...(await reconcileFile(path)) });
    } catch (error) {
      faults.push(faultOf(error, path));
    }
  }
  output.document({ cases: reports, errors: faults });
  for (const report of reports) print(report, output);
  for (const fault of faults) output.error(fault.message);
  if (faults.length > 0) return 2;
  return reports.every(({ holds }) => holds) ? 0 : 1;
}

async function reconcileFile(path: string): Promise<EvidenceReport> {
  const description = parseEvidence(parse(await readText(path), path), path, KINDS);
  return reconcileEvidence(description, await textsOf(description, path));
}

/** The files of a description stand beside it, or where its paths lead from there. */
async function textsOf(description: EvidenceDescription, path: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const file of description.files) {
    const found = relative(process.cwd(), resolve(dirname(path), file));
    texts.set(file, await readText(found));
  }
  return texts;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new EvidenceError(path, "description", "JSON", error.message);
  }
}

function print({ file, title, verdict, findings, tables, holds }: FileReport, output: Output): void {
  const { colors } = output;
  output.line(colors.bold(title));
  output.line(colors.dim(file));
  output.line(holds ? verdict : colors.yellow(verdict));
  for (const { severity, message } of findings.slice(0, PRINTED)) {
    output.line(`  ${severity === "note" ? "·" : "x"} ${message}`);
  }
  if (findings.length > PRINTED) output.line(`  … ${findings.length - PRINTED} more; --json has them all`);
  for (const { title: name, rows } of tables) {
    if (rows.length < 2) continue;
    output.line(`  ${name}`);
    const shown = rows.slice(0, PRINTED + 1);
    const align = shown[0]!.map((_, column) => (column === 0 ? ("left" as const) : ("right" as const)));
    for (const text of layOut(shown, align)) output.line(`    ${text}`);
    if (rows.length > shown.length)
      output.line(`    … ${rows.length - shown.length} more; --json has them all`);
  }
  output.line();
}
