import { Argument, type Command } from "commander";
import { bashCompletion } from "../completion/bash.js";
import { fishCompletion } from "../completion/fish.js";
import { type Completions, completionsOf } from "../completion/words.js";
import { zshCompletion } from "../completion/zsh.js";
import type { Session } from "../session.js";

const SHELLS: Readonly<Record<string, (all: readonly Completions[]) => string>> = {
  bash: bashCompletion,
  fish: fishCompletion,
  zsh: zshCompletion,
};

/** `completion`: made from the commands themselves, so that none is forgotten. */
export function addCompletion(program: Command, session: Session): void {
  program
    .command("completion")
    .summary("completion for a shell")
    .description("Prints a script that completes commands, options and their values in a shell.")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(SHELLS)))
    .addHelpText(
      "after",
      "\nTo have it in every new shell:" +
        `\n  bash  echo 'eval "$(shortfall completion bash)"' >> ~/.bashrc` +
        `\n  zsh   echo 'eval "$(shortfall completion zsh)"' >> ~/.zshrc, after compinit` +
        "\n  fish  shortfall completion fish > ~/.config/fish/completions/shortfall.fish" +
        "\n\nExit code: 0 printed · 2 no such shell",
    )
    .action((shell: string) => {
      const script = SHELLS[shell]!(completionsOf(program));
      session.output.document({ shell, script });
      session.output.line(script.trimEnd());
    });
}
