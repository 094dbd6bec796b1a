import type { AnyLossPolicy, ProtocolAdapter } from "@shortfall/core";
import type { DependencyContainer } from "./container.js";
import { PluginError } from "./errors.js";

/** What a plugin may add, and where it finds services that the host injected. */
export interface PluginContext {
  /** Resolves services of the host, such as a price source. Resolve here, once; never inside a policy. */
  readonly container: DependencyContainer;
  /** The plugin's own options from the configuration. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a plugin brings. */
export interface PluginParts {
  readonly policies?: readonly AnyLossPolicy[];
  readonly adapters?: readonly ProtocolAdapter[];
}

/**
 * A plugin is the default export of an ordinary npm package: a name and a factory. A policy that needs a
 * service closes over it here, and passes what it read as parameters or state, so that a replay needs none.
 */
export interface ShortfallPlugin {
  readonly name: string;
  create(context: PluginContext): PluginParts;
}

/** Identity with types, so that a plugin is checked where it is written. */
export const definePlugin = (plugin: ShortfallPlugin): ShortfallPlugin => plugin;

/**
 * Imports a plugin package.
 *
 * @throws {PluginError} it cannot be found, or its default export is no plugin.
 */
export async function importPlugin(
  specifier: string,
  // The name is only known at run time, so bundlers have nothing to look for.
  importModule: (specifier: string) => Promise<unknown> = (name) =>
    import(/* webpackIgnore: true */ /* @vite-ignore */ name),
): Promise<ShortfallPlugin> {
  let module: unknown;
  try {
    module = await importModule(specifier);
  } catch (cause) {
    throw new PluginError(specifier, "it cannot be imported; install it beside the SDK", { cause });
  }
  const plugin = defaultExport(module);
  if (!isPlugin(plugin)) {
    throw new PluginError(specifier, "its default export has no `name` and `create`; use definePlugin");
  }
  return plugin;
}

/** The default export, also of a CJS module that `import()` wrapped once more. */
function defaultExport(module: unknown): unknown {
  const first = isObject(module) && "default" in module ? module.default : module;
  return isObject(first) && !isPlugin(first) && "default" in first ? first.default : first;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const isPlugin = (value: unknown): value is ShortfallPlugin =>
  isObject(value) &&
  "name" in value &&
  typeof value.name === "string" &&
  "create" in value &&
  typeof value.create === "function";
