import type { Argument, Command, Option } from "commander";

/** A command that does something, with the words that call it. */
export interface Leaf {
  /** As on the command line: `policies show`. */
  readonly path: string;
  readonly command: Command;
}

/** Commands that do something, at any depth. */
export const leavesOf = (command: Command, above: readonly string[] = []): Leaf[] =>
  command.commands.length === 0
    ? [{ path: above.join(" "), command }]
    : command.commands.flatMap((each) => leavesOf(each, [...above, each.name()]));

/** An option is set by giving its name, and takes no value. */
export const isFlag = (option: Option): boolean => !option.required && !option.optional;

/** What a value names, as help writes it: `--out <folder>`, `<files...>`. */
export const placeholderOf = (option: Option): string => /[<[]([^>\]]*)[>\]]/.exec(option.flags)?.[1] ?? "";

/** The value is a path of the file system. */
export const namesPath = (placeholder: string): boolean =>
  /^(files?|folder|plan|trial|waterfall)\b/.test(placeholder);

/** Values that an option or argument takes, where they are few and known. */
export const valuesOf = (part: Option | Argument): readonly string[] => part.argChoices ?? [];
