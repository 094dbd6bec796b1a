import { SourceError } from "@shortfall/sources";
import * as z from "zod";

/** What an option may be set to: a flag, a value, or several values. */
const optionValue = z.union([z.boolean(), z.string(), z.number(), z.array(z.string())]);

const name = z.string().min(1, "not empty");

/** Schema of the configuration file of the command. Options of commands are checked against the commands. */
export const configurationSchema = z.strictObject({
  $schema: z.string().optional().describe("Where editors find this schema."),
  plugins: z
    .array(name)
    .default([])
    .describe("Packages, or files relative to this one, whose policies waterfalls may name."),
  protocol: name.optional().describe("What --protocol is where a command has it and it is not given."),
  rpc: z
    .record(z.string().regex(/^\d+$/, "a chain id"), z.url({ protocol: /^https?$/ }))
    .default({})
    .describe("Nodes by chain id: with an entry for 1, `--rpc 1` stands for its URL."),
  waterfalls: z
    .record(name, name)
    .default({})
    .describe("Waterfall files by name, relative to this file: `--waterfall NAME` stands for the file."),
  commands: z
    .record(name, z.record(name, optionValue))
    .default({})
    .describe(
      "Options of commands where the command line does not give them. Files are relative to this one.",
    ),
});

/** What a configuration file holds. */
export type CommandConfigurationInput = z.input<typeof configurationSchema>;
/** A checked configuration file, defaults filled in. */
export type CommandConfiguration = z.output<typeof configurationSchema>;

/** Identity with types, so that editors complete and check a `shortfall.config.ts`. */
export const defineConfig = (configuration: CommandConfigurationInput): CommandConfigurationInput =>
  configuration;

/** @throws {SourceError} naming the file and the first setting that is wrong, with all others. */
export function parseConfiguration(input: unknown, file: string): CommandConfiguration {
  const result = configurationSchema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => ({ field: pathText(path), message }));
  throw new SourceError({
    file,
    line: 0,
    field: faults.map(({ field }) => field).join(", "),
    expected: "a configuration",
    received: faults.map(({ field, message }) => `${field}: ${message}`).join("; "),
    advice: "docs/cli.md lists the settings; `shortfall doctor` checks the file.",
  });
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? "(document)"
    : path.reduce<string>(
        (text, part) =>
          typeof part === "number"
            ? `${text}[${part}]`
            : text === ""
              ? String(part)
              : `${text}.${String(part)}`,
        "",
      );
