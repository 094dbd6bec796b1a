import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SourceError } from "@shortfall/sources";
import { type CommandConfiguration, parseConfiguration } from "./configuration.js";

/** Names of a configuration file. */
export const CONFIGURATION_NAMES = ["ts", "mjs", "js", "json"].map((end) => `shortfall.config.${end}`);

/** A configuration, and where it was read. Its relative paths start at `folder`. */
export interface ConfigurationFile {
  readonly path: string;
  readonly folder: string;
  readonly configuration: CommandConfiguration;
}

/**
 * The configuration file of a folder or of the nearest folder above it.
 *
 * @throws {SourceError} a folder has two.
 */
export function findConfiguration(from: string): string | undefined {
  const found = CONFIGURATION_NAMES.filter((name) => existsSync(join(from, name)));
  if (found.length > 1) {
    throw new SourceError({
      file: from,
      line: 0,
      field: "configuration",
      expected: "one configuration file",
      received: found.join(" and "),
      advice: "Keep one of them.",
    });
  }
  if (found[0] !== undefined) return join(from, found[0]);
  const above = dirname(from);
  return above === from ? undefined : findConfiguration(above);
}

/** @throws {SourceError} it cannot be read, or is no configuration; says what to do. */
export async function readConfiguration(file: string): Promise<ConfigurationFile> {
  const path = resolve(file);
  const value = path.endsWith(".json") ? await readJson(path) : defaultExport(await importModule(path), path);
  return { path, folder: dirname(path), configuration: parseConfiguration(value, path) };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unreadable(path, "JSON", error.message, "Mend it there; JSON knows no comments.", error);
  }
}

async function importModule(path: string): Promise<unknown> {
  const url = pathToFileURL(path).href;
  try {
    return await import(url);
  } catch (error) {
    if (!existsSync(path)) throw unreadable(path, "a file", "nothing", "Check the path.", error);
    if (!isUnknownExtension(error))
      throw unreadable(path, "a module that runs", messageOf(error), "Mend it there.", error);
    return requireThroughTsx(path, error);
  }
}

/** Node before 22.18 reads no TypeScript; `tsx`, where it is installed beside the file, does. */
function requireThroughTsx(path: string, cause: unknown): unknown {
  const require = createRequire(path);
  let tsx: { require(id: string, from: string): unknown };
  try {
    tsx = require("tsx/cjs/api");
  } catch {
    throw unreadable(
      path,
      "a file that this Node can read",
      `TypeScript, which Node ${process.versions.node} does not read`,
      "Use Node 22.18 or newer, or `npm install --save-dev tsx` beside it, or write shortfall.config.mjs or .json instead.",
      cause,
    );
  }
  try {
    return tsx.require(path, path);
  } catch (error) {
    throw unreadable(path, "a module that runs", messageOf(error), "Mend it there.", error);
  }
}

/** The default export, also of a CommonJS module that `import()` wrapped once more. */
function defaultExport(module: unknown, path: string): unknown {
  const value = inner(inner(module));
  if (value !== undefined) return value;
  throw unreadable(path, "a default export", "none", "Write `export default defineConfig({ … })`.");
}

const inner = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "default" in value
    ? value.default
    : isNamespace(value)
      ? undefined
      : value;

const isNamespace = (value: unknown): boolean => Object.prototype.toString.call(value) === "[object Module]";

const isUnknownExtension = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_FILE_EXTENSION";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const unreadable = (
  file: string,
  expected: string,
  received: string,
  advice: string,
  cause?: unknown,
): SourceError =>
  new SourceError({ file, line: 0, field: "configuration", expected, received, advice }, { cause });
