import type { Command } from "commander";
import { isFlag, namesPath, placeholderOf, valuesOf } from "../command-tree.js";

/** A word that may come next, and what it means. */
export interface Word {
  readonly word: string;
  readonly means: string;
}

/** What may follow the words of one command. */
export interface Completions {
  /** Names of the command from the top; empty for `shortfall` itself. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly OptionWords[];
  /** Values of the arguments where they are few and known. */
  readonly values: readonly string[];
}

export interface OptionWords extends Word {
  /** What a value is: nothing for a flag, a path, one of `values`, or free text. */
  readonly takes: "nothing" | "path" | "values" | "text";
  readonly values: readonly string[];
}

/** Completions of a command and of all below it. */
export const completionsOf = (command: Command, path: readonly string[] = []): Completions[] => [
  {
    path,
    commands: command.commands.map((each) => ({
      word: each.name(),
      means: firstLine(each.summary() || each.description()),
    })),
    options: [
      ...command.options.filter(({ long }) => long !== undefined),
      command.createOption("--help", "explain"),
    ].map((option) => {
      const values = valuesOf(option);
      return {
        word: option.long!,
        means: firstLine(option.description),
        values,
        takes: takes(option, values),
      };
    }),
    values: command.registeredArguments.flatMap((argument) => valuesOf(argument)),
  },
  ...command.commands.flatMap((each) => completionsOf(each, [...path, each.name()])),
];

const takes = (option: Parameters<typeof isFlag>[0], values: readonly string[]): OptionWords["takes"] => {
  if (isFlag(option)) return "nothing";
  if (values.length > 0) return "values";
  return namesPath(placeholderOf(option)) ? "path" : "text";
};

const firstLine = (text: string): string => text.split("\n")[0]!;
