import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isShortfallError } from "@shortfall/core";
import { ADVICE } from "./advice.js";
import { EXAMPLES } from "./examples.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A class of errors as the source declares it. */
export interface ErrorClass {
  readonly code: string;
  readonly name: string;
  readonly package: string;
  /** The first sentence of its docstring, and what follows. */
  readonly meaning: string;
  readonly fields: readonly string[];
}

const CLASS =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?export (?:abstract )?class (\w+) extends \w+[^{]*\{([\s\S]*?)\n\}/g;

/** Every class with a stable code, in the order of the codes. */
export function errorClasses(): ErrorClass[] {
  const packages = join(ROOT, "packages");
  return readdirSync(packages)
    .sort()
    .flatMap((name) =>
      sources(join(packages, name, "src")).flatMap((file) => classesIn(file, `@shortfall/${name}`)),
    )
    .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.package < b.package ? -1 : 1));
}

function sources(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
      .sort();
  } catch (error) {
    // A package without sources has no errors.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function classesIn(file: string, owner: string): ErrorClass[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(CLASS)].flatMap(([, doc = "", name = "", body = ""]) => {
    const code = /code = "(SF_\w+)"/.exec(body)?.[1];
    if (code === undefined) return [];
    const fields = [...body.matchAll(/readonly (\w+): /g)].map(([, field = ""]) => field);
    return [{ code, name, package: owner, meaning: sentences(doc), fields }];
  });
}

const sentences = (doc: string): string =>
  doc
    .replace(/^\s*\* ?/gm, "")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/\s+/g, " ")
    .trim();

/** Name of the page of a code. */
export const pageName = (code: string): string =>
  `${code.replace(/^SF_/, "").toLowerCase().replaceAll("_", "-")}.md`;

/** What an example throws. */
export async function thrownBy(code: string): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await EXAMPLES[code]?.();
  } catch (error) {
    if (isShortfallError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error(`The example of ${code} throws nothing.`);
}

/** The source of each example, as it stands in its file. */
function exampleSources(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL("examples.ts", import.meta.url), "utf8");
  const parts = text.matchAll(/^ {2}(SF_\w+): (?:async )?\(\) =>\s*([\s\S]*?),\n(?= {2}SF_|\};)/gm);
  return new Map([...parts].map(([, code = "", body = ""]) => [code, unindented(body)]));
}

/** A body of statements without its braces, or one expression. */
function unindented(body: string): string {
  const block = /^\{\n([\s\S]*)\n {2}\}$/.exec(body.trim())?.[1];
  const lines = (block ?? body.trim()).split("\n");
  const depth = Math.min(
    ...lines
      .slice(block ? 0 : 1)
      .filter((line) => line.trim())
      .map((line) => line.search(/\S/)),
  );
  return lines
    .map((line, at) => (at === 0 && !block ? line : line.slice(Number.isFinite(depth) ? depth : 0)))
    .join("\n");
}

/** All pages of this folder, by name: made from the docstrings, the advice and what the examples throw. */
export async function errorPages(): Promise<ReadonlyMap<string, string>> {
  const byCode = new Map<string, ErrorClass[]>();
  for (const each of errorClasses()) byCode.set(each.code, [...(byCode.get(each.code) ?? []), each]);
  const shown = exampleSources();
  const pages = new Map<string, string>();
  for (const [code, classes] of byCode) pages.set(pageName(code), await page(code, classes, shown.get(code)));
  return pages.set("index.md", index(byCode));
}

async function page(
  code: string,
  classes: readonly ErrorClass[],
  example: string | undefined,
): Promise<string> {
  const advice = ADVICE[code] ?? "";
  const lines = [
    `# \`${code}\``,
    "",
    ...classes.map(
      ({ name, package: owner, meaning, fields }) =>
        `\`${name}\` of \`${owner}\`. ${meaning}${fields.length > 0 ? ` It carries ${fields.map((field) => `\`${field}\``).join(", ")}.` : ""}\n`,
    ),
    `**What to do.** ${advice}`,
    "",
  ];
  if (example === undefined) {
    lines.push("No example: it takes a damaged disk, a failing node or a defect of a model to raise it.", "");
  } else {
    const thrown = await thrownBy(code);
    lines.push("## Example", "", "```ts raises", example, "```", "", "```text", thrown.message, "```", "");
  }
  return lines.join("\n");
}

function index(byCode: ReadonlyMap<string, readonly ErrorClass[]>): string {
  const rows = [...byCode].map(([code, classes]) => {
    const meaning = classes[0]!.meaning.split(/(?<=\.) /)[0]!;
    const owners = [...new Set(classes.map(({ package: owner }) => owner.replace("@shortfall/", "")))].join(
      ", ",
    );
    return `| [\`${code}\`](${pageName(code)}) | ${owners} | ${meaning.replaceAll("|", "\\|")} |`;
  });
  return `# Errors

Written by \`npm run errors\` from the source; do not edit. Every error is a class with a stable \`code\`, fields for machines and a message for people. Ask by code, not by class: two copies of a package may be loaded.

Errors are for what cannot go on: a wrong call, input that cannot be read, a policy that breaks a rule. What an audit finds out about numbers is never one; it is a [finding](../findings/index.md).

The examples begin with [\`books()\`](../errors/scenes.ts), a pool in which ann has lent 600, bob 400, and cem has borrowed 300, or with \`answering()\`, a policy that breaks one rule.

| code | package | meaning |
| --- | --- | --- |
${rows.join("\n")}
`;
}
