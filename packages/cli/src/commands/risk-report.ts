import { resolve } from "node:path";
import { digestOf, MANIFEST_NAME, type ManifestEntry, manifestText } from "@shortfall/audit";
import { type ExportFile, isShortfallError } from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import { riskReportFiles } from "@shortfall/report";
import {
  concentrationResult,
  contagionResult,
  planResult,
  type RiskResult,
  runStressPlan,
} from "@shortfall/risk";
import { digestOfStored, openReportFolder, ReportFolder } from "../report-folder.js";
import type { Session } from "../session.js";

/** What a risk report is made from, by the name that its input has in the folder. */
const RESULTS: Readonly<Record<string, (input: unknown) => RiskResult>> = {
  "stress-plan.json": (plan) => planResult(plan, runStressPlan(plan, { policies: catalogueRegistry })),
  "concentration.json": concentrationResult,
  "contagion.json": contagionResult,
};

export interface RiskReportFailure {
  readonly file: string;
  readonly reason: string;
}

export type RiskInputName = "stress-plan.json" | "concentration.json" | "contagion.json";

/** Writes a risk report: its input as it was read, the results, and the page. @throws {SourceError} */
export async function writeRiskReport(
  out: string,
  input: { readonly name: RiskInputName; readonly text: string },
  risk: RiskResult,
): Promise<void> {
  const folder = await ReportFolder.begin(resolve(out), { journal: false });
  try {
    await folder.finish(filesOf(input, risk));
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/**
 * Computes a risk report again from the input in its folder and compares every file. Gives what differs.
 *
 * @throws {SourceError} no folder, or none of a risk report.
 */
export async function verifyRiskReport(path: string): Promise<RiskReportFailure[]> {
  const reader = await openReportFolder(resolve(path));
  const names = await reader.names();
  const name = names.find((each) => each in RESULTS);
  if (name === undefined) return [{ file: path, reason: "holds no input of a risk report" }];
  const text = await textOf(reader.chunks(name));
  let expected: readonly ExportFile[];
  try {
    expected = filesOf({ name, text }, RESULTS[name]!(JSON.parse(text)));
  } catch (error) {
    if (error instanceof SyntaxError) return [{ file: name, reason: `is not JSON: ${error.message}` }];
    if (isShortfallError(error)) return [{ file: name, reason: error.message }];
    throw error;
  }
  const failures: RiskReportFailure[] = [];
  for (const file of expected) {
    if (!names.includes(file.name)) failures.push({ file: file.name, reason: "is missing" });
    else if ((await digestOfStored(reader.chunks(file.name))) !== digestOf(file)) {
      failures.push({ file: file.name, reason: "is not what the input gives" });
    }
  }
  const manifest = names.includes(MANIFEST_NAME) ? await textOf(reader.chunks(MANIFEST_NAME)) : "";
  if (manifest !== manifestText(expected.map(entryOf))) {
    failures.push({ file: MANIFEST_NAME, reason: "does not list these files" });
  }
  const known = new Set([MANIFEST_NAME, ...expected.map((file) => file.name)]);
  for (const file of names) if (!known.has(file)) failures.push({ file, reason: "does not belong here" });
  return failures;
}

/** Whether a folder holds a risk report. @throws {SourceError} no folder. */
export async function isRiskReport(path: string): Promise<boolean> {
  const names = await (await openReportFolder(resolve(path))).names();
  return names.some((name) => name in RESULTS);
}

/** Proves a risk report, and says what came of it. @throws {SourceError} no folder. */
export async function proveRiskReport(path: string, session: Session): Promise<void> {
  const { output } = session;
  const failures = await verifyRiskReport(path);
  const ok = failures.length === 0;
  output.document({ ok, failures });
  output.line(ok ? "This report is what its input gives, byte for byte." : "This report does not hold:");
  for (const { file, reason } of failures) output.line(`x ${file}: ${reason}`);
  session.exitCode = ok ? 0 : 1;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function entryOf(file: ExportFile): ManifestEntry {
  let bytes = 0;
  for (const chunk of file.chunks())
    bytes += typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
  return { name: file.name, bytes, sha256: digestOf(file) };
}

const filesOf = (input: { readonly name: string; readonly text: string }, risk: RiskResult): ExportFile[] => [
  { name: input.name, chunks: () => [input.text] },
  ...riskReportFiles(risk),
];
