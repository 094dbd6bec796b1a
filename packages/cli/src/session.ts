import type { Exporter, PolicyRegistry } from "@shortfall/core";
import type { AdapterRegistry } from "./adapters.js";
import type { CaseFormat } from "./case-formats.js";
import type { Output } from "./output.js";

/** What the commands of one run share. */
export interface Session {
  readonly adapters: AdapterRegistry;
  readonly caseFormats: ReadonlyMap<string, CaseFormat>;
  readonly exporters: readonly Exporter[];
  readonly output: Output;
  /** Where the command was called. */
  readonly workingFolder: string;
  /** The catalogue, and the policies of the configuration's plugins. @throws as `policyRegistry` does. */
  readonly policies: () => Promise<PolicyRegistry>;
  exitCode: number;
  /** Refuses the command line. @throws {UsageError} always. */
  usage(message: string): never;
  /** Resolves once what was printed has left the process. */
  flushed(): Promise<void>;
  /** Aborted when the command is to end in good order. Only commands that run until then ask for it. */
  stopSignal(): AbortSignal;
}

/** The command line does not make sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
