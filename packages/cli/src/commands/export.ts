import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { reportTables, verifyFolder } from "@shortfall/audit";
import { type Command, Option } from "commander";
import { journalEntries } from "../journal-entries.js";
import { requireNewFiles } from "../new-files.js";
import { openReportFolder, writeFile } from "../report-folder.js";
import type { Session } from "../session.js";
import { storedRows } from "../stored-rows.js";

interface ExportOptions {
  readonly format: string;
  readonly out?: string;
  readonly force?: boolean;
}

export function addExport(program: Command, session: Session): void {
  const formats = session.exporters.map(({ format }) => format);
  program
    .command("export")
    .summary("write a report's journal for another program")
    .description(
      "Verifies a report folder, then writes its journal in another program's format:\n" +
        session.exporters.map(({ format, title }) => `  ${format.padEnd(10)} ${title}`).join("\n"),
    )
    .argument("<folder>", "report folder")
    .addOption(new Option("--format <format>", "of the other program").choices(formats).makeOptionMandatory())
    .option("--out <folder>", "where to write; <folder>-<format> if not given")
    .option("--force", "replace files that are there")
    .addHelpText(
      "after",
      "\nBalances are asserted at the end, so that the program checks the replay again.\n" +
        "\nExit code: 0 written · 1 the report does not hold, nothing written · 2 unknown format, no report, or\n" +
        "amounts that the format cannot hold exactly" +
        "\n\nExamples:" +
        "\n  shortfall export report --format hledger && hledger -f report-hledger/journal.hledger check" +
        "\n  shortfall export report --format csv --out tables",
    )
    .action(async (folder: string, options: ExportOptions) => {
      const exporter = session.exporters.find(({ format }) => format === options.format)!;
      const { output } = session;
      const verified = await verifyFolder(await openReportFolder(resolve(folder)));
      const { data } = verified;
      if (!verified.ok || !data) {
        output.document({ files: [], failures: verified.failures });
        output.error(`${folder} does not hold, so nothing was written. Run \`shortfall verify ${folder}\`.`);
        session.exitCode = 1;
        return;
      }
      const files = exporter.files({
        title: `${data.protocol}: ${data.inputs.map((input) => input.name).join(", ")}`,
        commodities: data.commodities,
        entries: () => journalEntries(join(resolve(folder), "journal.jsonl"), data.histories.length),
        tables: () => reportTables(data, storedRows(resolve(folder))),
      });
      const out = options.out ?? `${folder.replace(/\/+$/, "")}-${options.format}`;
      await requireNewFiles(
        files.map(({ name }) => join(resolve(out), name)),
        options.force,
      );
      await mkdir(resolve(out), { recursive: true });
      const written: string[] = [];
      for (const file of files) {
        await writeFile(resolve(out), file);
        written.push(join(out, file.name));
      }
      output.document({ files: written });
      for (const path of written) output.line(path);
    });
}
