import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A fenced block of a page. */
export interface CodeBlock {
  /** From the root of the repository. */
  readonly page: string;
  /** 1-based, of its first fence. */
  readonly line: number;
  readonly language: string;
  /** What stands after the language: `no-run`, `worked`, `raises`. */
  readonly marks: readonly string[];
  readonly text: string;
  /** Code of a comment `<!-- ts … -->` right before the block: what a reader has around it. */
  readonly context: string;
}

/** Pages whose code is checked: the README and the documentation, without what is generated. */
export function checkedPages(): string[] {
  const tracked = execFileSync("git", ["ls-files", "README.md", "docs"], { cwd: ROOT, encoding: "utf8" })
    .split("\n")
    .filter((path) => path.endsWith(".md") && !path.startsWith("docs/api/"));
  return tracked.length > 0 ? tracked : ["README.md", ...markdown("docs")];
}

const markdown = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => path.endsWith(".md") && !/node_modules|docs\/api\//.test(path));

/** Every fenced block of a page. */
export function blocksOf(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = readFileSync(join(ROOT, page), "utf8").split("\n");
  let context = "";
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line === "<!-- ts") {
      const end = lines.indexOf("-->", at);
      context = lines.slice(at + 1, end).join("\n");
      at = end;
      continue;
    }
    const fence = /^```(\w+)(.*)$/.exec(line);
    if (fence === null) {
      if (line.trim() !== "") context = "";
      continue;
    }
    const end = lines.indexOf("```", at + 1);
    blocks.push({
      page,
      line: at + 1,
      language: fence[1] ?? "",
      marks: (fence[2] ?? "").trim().split(/\s+/).filter(Boolean),
      text: lines.slice(at + 1, end).join("\n"),
      context,
    });
    context = "";
    at = end;
  }
  return blocks;
}

/** A line of a shell block as words; comments and quotes are taken away. */
export function wordsOf(line: string): string[] {
  const bare = line.replace(/(^|\s)#.*$/, "");
  return [...bare.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");
}

/** The exit code that a line says it ends with: `# exit 1: …`; 0 otherwise. */
export const exitOf = (line: string): number => Number(/# exit (\d)/.exec(line)?.[1] ?? "0");
