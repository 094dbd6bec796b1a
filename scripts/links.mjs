// Every relative link of every Markdown file leads to a file of the repository, and to a heading if it names one.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { ROOT, run } from "./setup.mjs";

/** Checks all tracked Markdown files; throws with the list of dead links. */
export function checkLinks() {
  const files = run("git", ["ls-files", "*.md"], { capture: true }).split("\n").filter(Boolean);
  const dead = files.flatMap((file) =>
    links(file)
      .filter(({ target }) => !leadsSomewhere(file, target))
      .map(({ line, target }) => `${file}:${line}: ${target}`),
  );
  if (dead.length > 0) throw new Error(`Dead links:\n${dead.join("\n")}`);
  process.stdout.write(`${files.length} Markdown files, no dead link.\n`);
}

function links(file) {
  let fenced = false;
  return readFileSync(join(ROOT, file), "utf8")
    .split("\n")
    .flatMap((text, index) => {
      if (text.startsWith("```")) fenced = !fenced;
      if (fenced) return [];
      return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({ line: index + 1, target: match[1] }));
    });
}

function leadsSomewhere(file, target) {
  if (/^[a-z]+:/.test(target)) return true;
  const [path, anchor] = target.split("#");
  const at = path === "" ? join(ROOT, file) : resolve(ROOT, dirname(file), path);
  if (relative(ROOT, at).startsWith("..") || !existsSync(at)) return false;
  return anchor === undefined || !at.endsWith(".md") || anchors(at).has(anchor);
}

const anchors = (path) =>
  new Set(
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => /^#+ /.test(line))
      .map((line) =>
        line
          .replace(/^#+ /, "")
          .toLowerCase()
          .replace(/[^\w\- ]/g, "")
          .replaceAll(" ", "-"),
      ),
  );
