import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyLossPolicy } from "@shortfall/core";
import { createContainer, importPlugin } from "@shortfall/sdk";
import { SourceError } from "@shortfall/sources";

/**
 * Policies that a plugin brings: its default export is a plugin. A path is imported as a file, anything else as an
 * installed package.
 *
 * @throws {PluginError} no such module, or no plugin. @throws {SourceError} a plugin without policies.
 */
export async function importPolicies(specifier: string): Promise<readonly AnyLossPolicy[]> {
  const isPath = (await stat(resolve(specifier)).catch(() => undefined))?.isFile() === true;
  const plugin = await importPlugin(isPath ? pathToFileURL(resolve(specifier)).href : specifier);
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
