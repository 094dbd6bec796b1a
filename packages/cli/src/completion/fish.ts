import type { Completions } from "./words.js";

/** A script for `shortfall completion fish | source`. */
export function fishCompletion(all: readonly Completions[]): string {
  const lines = all.flatMap(({ path, commands, options, values }) => {
    const when = `complete -c shortfall -n '__shortfall_at "${path.join(" ")}"'`;
    return [
      ...commands.map(({ word, means }) => `${when} -f -a ${word} -d ${quoted(means)}`),
      ...values.map((value) => `${when} -f -a ${value}`),
      ...options.map(({ word, means, takes, values: known }) => {
        const value = {
          nothing: "",
          path: " -r -F",
          values: ` -x -a ${quoted(known.join(" "))}`,
          text: " -x",
        }[takes];
        return `${when} -l ${word.slice(2)}${value} -d ${quoted(means)}`;
      }),
    ];
  });
  const paths = all.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(" ")));
  return `# shortfall completion for fish: shortfall completion fish | source
function __shortfall_at
    set -l at
    for word in (commandline -opc)[2..-1]
        contains -- "$(string join ' ' $at $word)" ${paths.join(" ")}; and set -a at $word
    end
    test "$(string join ' ' $at)" = "$argv[1]"
end
${lines.join("\n")}
`;
}

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
