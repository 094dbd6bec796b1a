import { type Exporter, isShortfallError } from "@shortfall/core";
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { type AdapterRegistry, builtInAdapters } from "./adapters.js";
import { CASE_FORMATS, type CaseFormat } from "./case-formats.js";
import { addClaims } from "./commands/claims.js";
import { addConform } from "./commands/conform.js";
import { addEvidence } from "./commands/evidence.js";
import { addExport } from "./commands/export.js";
import { addPolicies } from "./commands/policies.js";
import { addProve, addVerifyProof } from "./commands/prove.js";
import { addQuality } from "./commands/quality.js";
import { addReconcile } from "./commands/reconcile.js";
import { addRisk } from "./commands/risk.js";
import { addVerify } from "./commands/verify.js";
import { addWatch } from "./commands/watch.js";
import { addWhatIf } from "./commands/what-if.js";
import { addJobs, addWorker } from "./commands/worker.js";
import { EXPORTERS } from "./exporters.js";
import { faultOf } from "./fault.js";
import { Output } from "./output.js";
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
];

/** What a run may be given instead of the built-in sets. */
export interface RunOptions {
  readonly adapters?: AdapterRegistry;
  readonly caseFormats?: ReadonlyMap<string, CaseFormat>;
  readonly exporters?: readonly Exporter[];
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
  const session: Session = {
    adapters: options.adapters ?? builtInAdapters(),
    caseFormats: options.caseFormats ?? CASE_FORMATS,
    exporters: options.exporters ?? EXPORTERS,
    output,
    exitCode: 0,
    usage: (message) => {
      throw new UsageError(message);
    },
    flushed: async () => terminal.flushed?.(),
    stopSignal: () => terminal.stopSignal?.() ?? new AbortController().signal,
  };
  try {
    await createProgram(session, terminal).parseAsync([...args], { from: "user" });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      output.document({ error: { message: error.message } });
      return 2;
    }
    if (error instanceof UsageError) {
      output.error(`${error.message} See \`shortfall --help\`.`);
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

function createProgram(session: Session, terminal: Terminal): Command {
  const program = new Command("shortfall")
    .description("Accounting for bad debt in pooled lending, to the last base unit.")
    .version(manifest.version, "--version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .showHelpAfterError("(run with --help for the arguments)");
  for (const add of COMMANDS) add(program, session);
  for (const command of leaves(program)) {
    addOnce(command, "--json", "print one JSON document on standard output");
    addOnce(command, "--no-color", "print without colour");
  }
  return program;
}

/** Commands that do something, at any depth. */
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

function addOnce(command: Command, flag: string, description: string): void {
  if (!command.options.some((option) => option.long === flag)) command.option(flag, description);
}
