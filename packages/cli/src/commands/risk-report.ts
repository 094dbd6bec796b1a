import { resolve } from "node:path";
import { digestOf } from "@shortfall/audit";
import type { ExportFile } from "@shortfall/core";
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

/** What a risk report is made from, by the name that its input has in the folder. */
const RESULTS: Readonly<Record<string, (input: unknown) => RiskResult>> = {
  "stress-plan.json": (plan) => planResult(plan, runStressPlan(plan, { policies: catalogueRegistry })),
  "concentration.json": concentrationResult,
  "contagion.json": contagionResult,
};

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
export async function verifyRiskReport(path: string): Promise<{ file: string; reason: string }[]> {
  const reader = await openReportFolder(resolve(path));
  const names = await reader.names();
  const name = names.find((each) => each in RESULTS);
  if (name === undefined) return [{ file: path, reason: "holds no input of a risk report" }];
  const pieces: Uint8Array[] = [];
  for await (const piece of reader.chunks(name)) pieces.push(piece);
  const text = Buffer.concat(pieces).toString("utf8");
  const expected = filesOf({ name, text }, RESULTS[name]!(JSON.parse(text)));
  const failures: { file: string; reason: string }[] = [];
  for (const file of expected) {
    if (!names.includes(file.name)) failures.push({ file: file.name, reason: "is missing" });
    else if ((await digestOfStored(reader.chunks(file.name))) !== digestOf(file)) {
      failures.push({ file: file.name, reason: "is not what the input gives" });
    }
  }
  return failures;
}

const filesOf = (input: { readonly name: string; readonly text: string }, risk: RiskResult): ExportFile[] => [
  { name: input.name, chunks: () => [input.text] },
  ...riskReportFiles(risk),
];
