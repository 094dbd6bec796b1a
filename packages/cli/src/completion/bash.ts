import type { Completions } from "./words.js";

/** A script for `eval "$(shortfall completion bash)"`. */
export function bashCompletion(all: readonly Completions[]): string {
  const commands = all.filter(({ path }) => path.length > 0).map(({ path }) => `"${path.join(" ")}"`);
  return `# shortfall completion for bash: eval "$(shortfall completion bash)"
_shortfall() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" path="" word words=""
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${commands.join("|")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $before" in
${all.flatMap(valueCases).join("\n")}
  esac
  case "$path" in
${all.map(wordCase).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ $cur == -* || \${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$cur"))
}
complete -o filenames -F _shortfall shortfall
`;
}

/** What follows an option that takes a value. */
const valueCases = ({ path, options }: Completions): string[] =>
  options
    .filter(({ takes }) => takes !== "nothing")
    .map(({ word, takes, values }) => {
      const words = { path: `-f`, values: `-W "${values.join(" ")}"`, text: "", nothing: "" }[takes];
      const reply = words === "" ? "" : ` COMPREPLY=($(compgen ${words} -- "$cur"));`;
      return `    "${path.join(" ")} ${word}")${reply} return ;;`;
    });

/** Commands and values come first; options once a dash is typed. */
const wordCase = ({ path, commands, options, values }: Completions): string =>
  `    "${path.join(" ")}") if [[ $cur == -* ]]; then words="${options.map(({ word }) => word).join(" ")}"; else words="${[...commands.map(({ word }) => word), ...values].join(" ")}"; fi ;;`;
