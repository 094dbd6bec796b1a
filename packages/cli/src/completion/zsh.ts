import type { Completions, Word } from "./words.js";

/** A script for `eval "$(shortfall completion zsh)"`, or a file `_shortfall` in `$fpath`. */
export function zshCompletion(all: readonly Completions[]): string {
  const commands = all.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(" ")));
  return `#compdef shortfall
# shortfall completion for zsh: eval "$(shortfall completion zsh)"
_shortfall() {
  local cur="\${words[CURRENT]}" before="\${words[CURRENT - 1]}" path_="" word
  local -a known=(${commands.join(" ")}) reply_
  for word in "\${words[@]:1:$((CURRENT - 2))}"; do
    (( \${known[(Ie)\${path_:+$path_ }$word]} )) && path_="\${path_:+$path_ }$word"
  done
  case "$path_ $before" in
${all.flatMap(valueCases).join("\n")}
  esac
  case "$path_" in
${all.map(wordCase).join("\n")}
  esac
  if (( \${#reply_} )); then _describe 'shortfall' reply_; else _files; fi
}
compdef _shortfall shortfall
`;
}

const valueCases = ({ path, options }: Completions): string[] =>
  options
    .filter(({ takes }) => takes !== "nothing")
    .map(({ word, takes, values }) => {
      const reply = { path: " _files;", values: ` compadd -- ${values.join(" ")};`, text: "", nothing: "" }[
        takes
      ];
      return `    ${quoted(`${path.join(" ")} ${word}`)})${reply} return ;;`;
    });

const wordCase = ({ path, commands, options, values }: Completions): string => {
  const first = [...commands.map(described), ...values.map(quoted)].join(" ");
  return `    ${quoted(path.join(" "))}) if [[ $cur == -* ]]; then reply_=(${options.map(described).join(" ")}); else reply_=(${first}); fi ;;`;
};

/** `_describe` splits at the first colon. */
const described = ({ word, means }: Word): string => quoted(`${word.replaceAll(":", "\\:")}:${means}`);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
