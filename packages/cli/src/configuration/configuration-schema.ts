import type { Command, Option } from "commander";
import * as z from "zod";
import { isFlag, leavesOf, valuesOf } from "../command-tree.js";
import { configurationSchema } from "./configuration.js";
import { keysOf } from "./configuration-options.js";

/** JSON schema of the configuration file, with every option of every command, for editors. */
export function configurationJsonSchema(program: Command): object {
  const schema = z.toJSONSchema(configurationSchema, { io: "input", target: "draft-7" });
  const commands = leavesOf(program)
    .filter(({ command }) => keysOf(command).length > 0)
    .map(({ path, command }) => [path, optionsOf(command)]);
  return {
    ...schema,
    title: "Configuration of the shortfall command",
    properties: {
      ...schema.properties,
      commands: {
        type: "object",
        description: configurationSchema.shape.commands.description,
        additionalProperties: false,
        properties: Object.fromEntries(commands),
      },
    },
  };
}

function optionsOf(command: Command): object {
  const keys = new Set(keysOf(command));
  const options = command.options.filter((option) => keys.has(option.attributeName()));
  return {
    type: "object",
    description: command.summary() || command.description(),
    additionalProperties: false,
    properties: Object.fromEntries(options.map((option) => [option.attributeName(), optionSchema(option)])),
  };
}

function optionSchema(option: Option): object {
  const { description } = option;
  if (isFlag(option))
    return { type: "boolean", description: option.negate ? `false: ${description}` : description };
  const known = valuesOf(option);
  const value = known.length > 0 ? { enum: known } : { type: ["string", "number"] };
  return option.variadic
    ? { type: "array", items: { type: "string" }, description }
    : { ...value, description };
}
