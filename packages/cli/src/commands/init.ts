import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import { CONFIGURATION_NAMES } from "../configuration/configuration-file.js";
import { toJson } from "../output.js";
import type { Session } from "../session.js";

/** A fund first, then lenders pro rata: the shape that most pools start from. */
const WATERFALL = {
  format: "shortfall-waterfall/1",
  id: "main",
  version: "1",
  title: "Insurance first, then every lender alike",
  layers: [
    { id: "insurance", policy: "cash-fund", parameters: { fund: "insurance" } },
    { id: "lenders", policy: "pro-rata", parameters: { class: "senior" } },
  ],
};

const SETTINGS = { waterfalls: { main: "waterfall.json" }, commands: { reconcile: { out: "report" } } };

const CONFIGURATIONS: Readonly<Record<string, string>> = {
  json: `${toJson({ $schema: "./node_modules/@shortfall/cli/schema/shortfall.config.schema.json", ...SETTINGS })}\n`,
  mjs: `/** @type {import("@shortfall/cli").CommandConfigurationInput} */\nexport default ${asCode()};\n`,
  ts: `import { defineConfig } from "@shortfall/cli";\n\nexport default defineConfig(${asCode()});\n`,
};

export function addInit(program: Command, session: Session): void {
  program
    .command("init")
    .summary("write a configuration and a first waterfall")
    .description("Writes shortfall.config.json and waterfall.json. Asks nothing and replaces nothing.")
    .argument("[folder]", "where to write", ".")
    .addOption(
      new Option("--format <format>", "of the configuration")
        .choices(Object.keys(CONFIGURATIONS))
        .default("json"),
    )
    .addHelpText(
      "after",
      "\nExit code: 0 written · 2 one of the files is there already, nothing written" +
        "\n\nExample:\n  shortfall init books --format ts",
    )
    .action(async (folder: string, { format }: { readonly format: string }) => {
      const taken = [...CONFIGURATION_NAMES, "waterfall.json"].find((name) => existsSync(join(folder, name)));
      if (taken !== undefined) {
        session.usage(
          `${join(folder, taken)} is there already, and nothing was written. Name another folder, or move it away.`,
        );
      }
      await mkdir(resolve(folder), { recursive: true });
      const files = [
        { path: join(folder, `shortfall.config.${format}`), text: CONFIGURATIONS[format]! },
        { path: join(folder, "waterfall.json"), text: `${toJson(WATERFALL)}\n` },
      ];
      // `wx` refuses a file that came in between.
      for (const { path, text } of files) await writeFile(path, text, { flag: "wx" });
      report(
        folder,
        files.map(({ path }) => path),
        session,
      );
    });
}

function report(folder: string, files: readonly string[], { output }: Session): void {
  output.document({ files });
  for (const path of files) output.line(path);
  const here = relative(".", folder) === "";
  output.line("\nNext:");
  if (!here) output.line(`  cd ${folder}`);
  output.line("  shortfall policies show main    the waterfall in plain words");
  output.line("  shortfall policies check main   the conformance suite on its layers");
  output.line("  shortfall reconcile <logs>      re-execute a history; the report goes to report/");
  output.line("  shortfall doctor                what is installed, what is missing");
}

/** The settings as an object literal: keys without quotes. */
function asCode(): string {
  return toJson(SETTINGS).replace(/^(\s*)"(\w+)":/gm, "$1$2:");
}
