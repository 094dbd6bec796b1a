import { inspectQuality, type QualityReport } from "@shortfall/audit";
import { expandPaths, readLines } from "@shortfall/sources";
import type { Command } from "commander";
import { type FileFault, faultOf } from "../fault.js";
import type { Output } from "../output.js";
import type { Session } from "../session.js";

interface QualityCommandOptions {
  readonly decimals: readonly string[];
}

/** Findings that are printed of one file; all are in the JSON. */
const PRINTED = 20;

export function addQuality(program: Command, session: Session): void {
  program
    .command("quality")
    .summary("find numbers that lost digits, or that a reader will misread")
    .description(
      "Judges the numbers of JSON, JSON Lines and CSV files by the digits they write, column by column:\n" +
        "integers that passed through a double, floats printed with 15 to 17 digits, fractions of base units,\n" +
        "scientific notation, decimals that do not fit, mixed units, malformed records.",
    )
    .argument("<files...>", "files of any shape, plain or gzip; a folder stands for the JSON files in it")
    .option(
      "--decimals <column=n>",
      "decimals of a column that does not state them; may be repeated",
      (value: string, before: readonly string[]) => [...before, value],
      [] as readonly string[],
    )
    .addHelpText(
      "after",
      "\nExit code: 0 nothing found · 1 something found · 2 a file cannot be read" +
        "\n\nExamples:" +
        "\n  shortfall quality balances.json" +
        "\n  shortfall quality export.csv --decimals /*/amount=6 --json",
    )
    .action(async (paths: string[], options: QualityCommandOptions) => {
      session.exitCode = await quality(paths, readDecimals(options.decimals, session), session.output);
    });
}

async function quality(
  paths: readonly string[],
  decimals: ReadonlyMap<string, number>,
  output: Output,
): Promise<number> {
  const reports: QualityReport[] = [];
  const faults: FileFault[] = [];
  for (const { path } of await expandPaths(paths)) {
    try {
      reports.push(await inspectQuality(path, readLines(path), { decimals }));
    } catch (error) {
      faults.push(faultOf(error, path));
    }
  }
  const found = reports.reduce((sum, { findings }) => sum + findings.length, 0);
  output.document({ files: reports, findings: found, errors: faults });
  for (const report of reports) print(report, output);
  for (const fault of faults) output.error(fault.message);
  return faults.length > 0 ? 2 : found > 0 ? 1 : 0;
}

function print({ file, columns, findings }: QualityReport, output: Output): void {
  const numbers = columns.reduce((sum, column) => sum + column.numbers, 0);
  const said = findings.length === 0 ? "nothing found" : `${findings.length} found`;
  output.line(output.colors.bold(`${file}: ${numbers} numbers in ${columns.length} columns, ${said}`));
  for (const { above53, exactDoubles, column } of columns) {
    if (above53 > 0 && findings.some((each) => each.class === "double-integers" && each.column === column)) {
      output.line(`  ${column}: ${exactDoubles} of ${above53} integers above 2^53 are exactly doubles`);
    }
  }
  for (const { class: name, column, message, examples } of findings.slice(0, PRINTED)) {
    const shown = examples
      .map(({ line, at, text }) => (line > 0 ? `${text} (line ${line}, ${at})` : text))
      .join(", ");
    output.line(`  ${name}  ${column}: ${message}`);
    output.line(`    ${shown}`);
  }
  if (findings.length > PRINTED) output.line(`  … ${findings.length - PRINTED} more; --json has them all`);
}

function readDecimals(given: readonly string[], session: Session): ReadonlyMap<string, number> {
  return new Map(
    given.map((text) => {
      const found = /^(.+)=(\d{1,2})$/.exec(text);
      if (!found) return session.usage(`--decimals must be column=n, such as /*/amount=6, not "${text}".`);
      return [found[1]!, Number(found[2])] as const;
    }),
  );
}
