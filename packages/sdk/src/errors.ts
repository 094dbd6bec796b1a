import { ShortfallError } from "@shortfall/core";

/** One thing wrong with a configuration. */
export interface ConfigurationProblem {
  /** `pools[0].waterfall.layers[1].policy`. */
  readonly path: string;
  readonly message: string;
}

/** A configuration that does not say what it must; lists everything wrong with it at once. */
export class ConfigurationError extends ShortfallError {
  readonly code = "SF_CONFIGURATION";

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(
      `The configuration has ${problems.length} problem${problems.length === 1 ? "" : "s"}:\n${problems
        .map(({ path, message }) => `  ${path || "(top)"}: ${message}`)
        .join("\n")}`,
    );
  }
}

/** A plugin that cannot be used. */
export class PluginError extends ShortfallError {
  readonly code = "SF_PLUGIN";

  constructor(
    readonly plugin: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Plugin "${plugin}": ${reason}.`, options);
  }
}

/** Two plugins, or a plugin and the catalogue, offer the same id. */
export class DuplicateIdError extends ShortfallError {
  readonly code = "SF_DUPLICATE_ID";

  constructor(
    readonly kind: "policy" | "adapter" | "ledger",
    readonly id: string,
  ) {
    super(`Two things are registered as ${kind} "${id}". Give one of them another id.`);
  }
}
