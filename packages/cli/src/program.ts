import { type Exporter, isShortfallError } from "@shortfall/core";
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { type AdapterRegistry, builtInAdapters } from "./adapters.js";
import { CASE_FORMATS, type CaseFormat } from "./case-formats.js";
import { leavesOf } from "./command-tree.js";
import { addClaims } from "./commands/claims.js";
import { addCompletion } from "./commands/completion.js";
import { addConform } from "./commands/conform.js";
import { addDoctor } from "./commands/doctor.js";
import { addEvidence } from "./commands/evidence.js";
import { addExport } from "./commands/export.js";
import { addInit } from "./commands/init.js";
import { addPolicies } from "./commands/policies.js";
import { addProve, addVerifyProof } from "./commands/prove.js";
import { addQuality } from "./commands/quality.js";
import { addReconcile } from "./commands/reconcile.js";
import { addRisk } from "./commands/risk.js";
import { addVerify } from "./commands/verify.js";
import { addWatch } from "./commands/watch.js";
import { addWhatIf } from "./commands/what-if.js";
import { addJobs, addWorker } from "./commands/worker.js";
import {
  type ConfigurationFile,
  findConfiguration,
  readConfiguration,
} from "./configuration/configuration-file.js";
import { applyConfiguration } from "./configuration/configuration-options.js";
import { EXPORTERS } from "./exporters.js";
import { faultOf } from "./fault.js";
import { Output } from "./output.js";
import { policyRegistry } from "./policy-modules.js";
import { UnreadableError } from "./reconcile-histories.js";
import { type Session, UsageError } from "./session.js";
import type { Terminal } from "./terminal.js";

/** In the order that help lists them. */
const COMMANDS = [
  addReconcile,
  addConform,
  addVerify,
  addProve,
  addVerifyProof,
  addExport,
  addQuality,
  addEvidence,
  addClaims,
  addPolicies,
  addWhatIf,
  addRisk,
  addWatch,
  addJobs,
  addWorker,
  addInit,
  addDoctor,
  addCompletion,
];

/** These work where the configuration does not. */
const WITHOUT_CONFIGURATION = ["init", "doctor", "completion"];

/** What a run may be given instead of the built-in sets. */
export interface RunOptions {
  readonly adapters?: AdapterRegistry;
  readonly caseFormats?: ReadonlyMap<string, CaseFormat>;
  readonly exporters?: readonly Exporter[];
  /** Where the search for a configuration file begins; the process's working folder where absent. */
  readonly workingFolder?: string;
}

/**
 * Runs the command.
 *
 * @returns the exit code: 0 done, complete, everything agrees; 1 done, but something differs, failed a check or
 * was not read; 2 wrong usage or unreadable input.
 */
export async function run(
  args: readonly string[],
  terminal: Terminal,
  options: RunOptions = {},
): Promise<number> {
  const output = new Output(terminal, {
    json: args.includes("--json"),
    color: !args.includes("--no-color"),
  });
  let file: ConfigurationFile | undefined;
  const session: Session = {
    adapters: options.adapters ?? builtInAdapters(),
    caseFormats: options.caseFormats ?? CASE_FORMATS,
    exporters: options.exporters ?? EXPORTERS,
    output,
    workingFolder: options.workingFolder ?? process.cwd(),
    policies: () => policyRegistry(file?.configuration.plugins ?? [], file?.folder),
    exitCode: 0,
    usage: (message) => {
      throw new UsageError(message);
    },
    flushed: async () => terminal.flushed?.(),
    stopSignal: () => terminal.stopSignal?.() ?? new AbortController().signal,
  };
  const program = createProgram(session, terminal);
  try {
    file = await configurationFor(args, session.workingFolder);
    if (file) applyConfiguration(program, file);
    await program.parseAsync([...args], { from: "user" });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      output.document({ error: { message: error.message } });
      return 2;
    }
    if (error instanceof UsageError) {
      const help = error.message.includes("See `") ? "" : ` See \`${calledCommand(program, args)} --help\`.`;
      output.error(`${error.message}${help}`);
      output.document({ error: { message: error.message } });
      return 2;
    }
    if (isFileSystemError(error)) {
      const message = `${error.path ?? "A file"} could not be used (${error.code}). Check that it is there, that it is of the right kind, and that its folder may be written.`;
      output.error(message);
      output.document({ error: { file: error.path ?? "", message } });
      return 2;
    }
    if (!(error instanceof UnreadableError) && !isShortfallError(error)) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      output.error(
        `This is a defect of shortfall; please report it with the command that you ran. ${detail}`,
      );
      return 2;
    }
    const fault = error instanceof UnreadableError ? error.fault : faultOf(error, "input");
    output.error(fault.message);
    output.document({ error: fault });
    return 2;
  }
}

/** What the operating system refused, as Node reports it. */
const isFileSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";

/** The command with all its options, as completion and the schema of the configuration read it. */
export function createProgram(session: Session, terminal: Terminal): Command {
  const program = new Command("shortfall")
    .description("Accounting for bad debt in pooled lending, to the last base unit.")
    .version(manifest.version, "--version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  for (const add of COMMANDS) add(program, session);
  for (const { path, command } of leavesOf(program)) {
    addOnce(command, "--json", "print one JSON document on standard output");
    addOnce(command, "--no-color", "print without colour");
    if (!WITHOUT_CONFIGURATION.includes(path) || path === "doctor")
      addOnce(command, "--config <file>", "configuration, instead of the one here or in a folder above");
  }
  for (const command of [program, ...descendants(program)])
    command.showHelpAfterError(`See \`${fullName(command)} --help\`.`);
  return program;
}

const descendants = (command: Command): Command[] =>
  command.commands.flatMap((each) => [each, ...descendants(each)]);

const fullName = (command: Command): string =>
  command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;

/** The command that the arguments call, as far as they name one. */
function calledCommand(program: Command, args: readonly string[]): string {
  const called = program.commands.find((each) => each.name() === args[0]);
  const below = called?.commands.find((each) => each.name() === args[1]);
  return fullName(below ?? called ?? program);
}

/** The configuration named by `--config`, or found; none for help and for commands that must work without. */
async function configurationFor(
  args: readonly string[],
  folder: string,
): Promise<ConfigurationFile | undefined> {
  const [command = "--help"] = args;
  if (command.startsWith("-") || WITHOUT_CONFIGURATION.includes(command)) return undefined;
  if (args.includes("--help") || args.includes("-h")) return undefined;
  const at = args.indexOf("--config");
  const named = at >= 0 ? args[at + 1] : args.find((each) => each.startsWith("--config="))?.slice(9);
  const path = named ?? findConfiguration(folder);
  return path === undefined ? undefined : await readConfiguration(path);
}

function addOnce(command: Command, flag: string, description: string): void {
  const long = flag.split(" ")[0];
  if (!command.options.some((option) => option.long === long)) command.option(flag, description);
}
