import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyLossPolicy } from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import { createContainer, importPlugin } from "@shortfall/sdk";
import { SourceError } from "@shortfall/sources";

/**
 * The catalogue, and the policies of plugins over it.
 *
 * @throws {PluginError} no such module, or no plugin. @throws {SourceError} a plugin without policies.
 */
export async function policyRegistry(
  plugins: readonly string[],
  folder = ".",
): Promise<ReadonlyMap<string, AnyLossPolicy>> {
  const registry = new Map(catalogueRegistry);
  for (const plugin of plugins)
    for (const policy of await importPolicies(plugin, folder)) registry.set(policy.id, policy);
  return registry;
}

/**
 * Policies that a plugin brings: its default export is a plugin. A path, from `folder`, is imported as a file,
 * anything else as an installed package.
 *
 * @throws {PluginError} no such module, or no plugin. @throws {SourceError} a plugin without policies.
 */
export async function importPolicies(specifier: string, folder = "."): Promise<readonly AnyLossPolicy[]> {
  const path = resolve(folder, specifier);
  const isPath = (await stat(path).catch(() => undefined))?.isFile() === true;
  const plugin = await importPlugin(isPath ? pathToFileURL(path).href : specifier);
  const { policies = [] } = plugin.create({ container: createContainer(), options: {} });
  if (policies.length > 0) return policies;
  throw new SourceError({
    file: specifier,
    line: 0,
    field: "policies",
    expected: "a plugin that brings at least one policy",
    received: "none",
    advice: "Return them from the plugin's create().",
  });
}
