import { relative, resolve } from "node:path";
import { SourceError } from "@shortfall/sources";
import type { Command, Option } from "commander";
import { isFlag, leavesOf, namesPath, placeholderOf, valuesOf } from "../command-tree.js";
import type { ConfigurationFile } from "./configuration-file.js";

/** Options that name a node; a chain id of the configuration stands for its URL. */
const NODES = ["--rpc", "--second-rpc"];

/**
 * Makes a configuration the default of the commands' options, and its names of nodes and waterfalls known to
 * them. What the command line gives wins.
 *
 * @throws {SourceError} a command, option or value that the commands do not have.
 */
export function applyConfiguration(program: Command, file: ConfigurationFile): void {
  const { configuration } = file;
  const leaves = new Map(leavesOf(program).map(({ path, command }) => [path, command]));
  for (const [path, settings] of Object.entries(configuration.commands)) {
    const command = leaves.get(path);
    if (!command)
      throw wrong(file, `commands.${path}`, `one of: ${[...leaves.keys()].join(", ")}`, `"${path}"`);
    for (const [key, value] of Object.entries(settings)) {
      const option = command.options.find((each) => each.attributeName() === key && !isMeta(each));
      const field = `commands.${path}.${key}`;
      if (!option) throw wrong(file, field, `one of: ${keysOf(command).join(", ")}`, `"${key}"`);
      setDefault(command, option, checked(option, value, field, file), file);
    }
  }
  for (const command of leaves.values()) {
    for (const option of command.options) {
      if (option.long === "--protocol" && configuration.protocol !== undefined)
        if (command.getOptionValue("protocol") === undefined)
          setDefault(command, option, configuration.protocol, file);
      if (NODES.includes(option.long ?? "")) option.argParser(nodeNamed(file));
      if (option.long === "--waterfall") option.argParser(waterfallNamed(file));
    }
    for (const argument of command.registeredArguments)
      if (argument.name() === "waterfall" || argument.name() === "subject")
        argument.argParser(waterfallNamed(file));
  }
}

/** Options that a configuration may set, by the names that it uses. */
export const keysOf = (command: Command): string[] =>
  command.options.filter((option) => !isMeta(option)).map((option) => option.attributeName());

/** About one run of the command, and nothing to write down. */
const isMeta = ({ long }: Option): boolean => ["--json", "--no-color", "--config"].includes(long ?? "");

function checked(option: Option, value: unknown, field: string, file: ConfigurationFile): unknown {
  if (isFlag(option)) {
    if (typeof value === "boolean") return value;
    throw wrong(file, field, "true or false", JSON.stringify(value));
  }
  const values = Array.isArray(value) ? value : [value];
  if (typeof value === "boolean" || (Array.isArray(value) && !option.variadic))
    throw wrong(file, field, option.variadic ? "text, or a list of it" : "text", JSON.stringify(value));
  const known = valuesOf(option);
  const texts = values.map(String).map((text) => {
    if (known.length > 0 && !known.includes(text))
      throw wrong(file, field, `one of: ${known.join(", ")}`, `"${text}"`);
    return namesPath(placeholderOf(option)) ? fromHere(file, text) : text;
  });
  return option.variadic ? texts : texts[0];
}

/** Commander takes a default for what the command line has not given; help shows where it comes from. */
function setDefault(command: Command, option: Option, value: unknown, file: ConfigurationFile): void {
  option.default(value, `${JSON.stringify(value)}, from ${fromWorkingFolder(file.path)}`);
  command.setOptionValueWithSource(option.attributeName(), value, "config");
}

const nodeNamed =
  (file: ConfigurationFile) =>
  (text: string): string => {
    if (!/^\d+$/.test(text)) return text;
    const url = file.configuration.rpc[text];
    if (url !== undefined) return url;
    throw wrong(file, `rpc.${text}`, `a node for chain ${text}`, "nothing", "Add it there, or give a URL.");
  };

const waterfallNamed =
  (file: ConfigurationFile) =>
  (text: string): string => {
    const { waterfalls } = file.configuration;
    return Object.hasOwn(waterfalls, text) ? fromHere(file, waterfalls[text]!) : text;
  };

/** A path of the configuration, as the command line would give it. */
const fromHere = (file: ConfigurationFile, path: string): string =>
  fromWorkingFolder(resolve(file.folder, path));

const fromWorkingFolder = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") || short === "" ? path : short;
};

const wrong = (
  file: ConfigurationFile,
  field: string,
  expected: string,
  received: string,
  advice = "docs/cli.md lists the settings; --help of a command lists its options.",
): SourceError => new SourceError({ file: file.path, line: 0, field, expected, received, advice });
