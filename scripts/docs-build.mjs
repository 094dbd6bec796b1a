// npm run docs:build: the API reference from the docstrings, then the site. Needs no network.
// npm run docs:dev: the same reference, then a site that follows changes of the pages.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run, setUp } from "./setup.mjs";

const DOCS = join(ROOT, "docs");
const API = join(DOCS, "api");

/** Writes docs/api, unless nothing that it comes from has changed since. */
export function writeReference() {
  if (isCurrent()) return;
  rmSync(API, { recursive: true, force: true });
  run("typedoc", ["--options", join(DOCS, "typedoc.json")]);
  for (const file of markdownBelow(API)) writeFileSync(file, packageNames(readFileSync(file, "utf8")));
}

/** Modules are called as they are imported: `math/src/decimal` is `@shortfall/math/decimal`. */
const packageNames = (text) =>
  text
    .replace(/^# ([\w-]+)\/src(\/[\w-]+)?$/m, "# @shortfall/$1$2")
    .replace(/\[([\w-]+)\/src(\/[\w-]+)?\]\(/g, "[@shortfall/$1$2](");

function isCurrent() {
  const made = join(API, "index.md");
  if (!existsSync(made)) return false;
  const { mtimeMs } = statSync(made);
  const sources = readdirSync(join(ROOT, "packages")).flatMap((name) => {
    const source = join(ROOT, "packages", name, "src");
    return existsSync(source) ? filesBelow(source, ".ts") : [];
  });
  return [...sources, join(DOCS, "typedoc.json")].every((file) => statSync(file).mtimeMs < mtimeMs);
}

const markdownBelow = (folder) => filesBelow(folder, ".md");

function filesBelow(folder, end) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith(end));
}

setUp();
writeReference();
run("pnpm", ["--dir", DOCS, "exec", "vitepress", process.argv[2] === "dev" ? "dev" : "build", "."]);
