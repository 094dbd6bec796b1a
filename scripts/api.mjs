// npm run api: writes the public surface of every package to its api/ folder. With --check, compares it.
// Both read the built declarations, so that what is compared is what users' compilers see.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { publicPackages } from "./packages.mjs";
import { ROOT, run, setUp } from "./setup.mjs";

/** Every report is what the built declarations give; throws with what changed, and how to announce it. */
export function checkApi() {
  const reports = allReports();
  const changed = reports
    .map(({ file, text }) => ({
      file,
      lines: changedLines(existsSync(file) ? readFileSync(file, "utf8") : "", text),
    }))
    .filter(({ lines }) => lines.length > 0);
  const stale = strayFiles(reports).map((file) => ({ file, lines: ["  the entry point is gone"] }));
  if (changed.length + stale.length > 0) {
    const list = [...changed, ...stale]
      .map(({ file, lines }) => `${relative(ROOT, file)}\n${lines.join("\n")}`)
      .join("\n\n");
    throw new Error(
      `The public surface changed:\n\n${list}\n\nIf that is meant: run \`npm run api\`, say what changes for users with \`npm run changeset\`, and commit both.\nIf not, take the change back.`,
    );
  }
  process.stdout.write(`${reports.length} entry points, public surface as recorded.\n`);
}

function writeApi() {
  const reports = allReports();
  for (const file of strayFiles(reports)) rmSync(file);
  for (const { file, text } of reports) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  process.stdout.write(`${reports.length} reports written.\n`);
}

const allReports = () =>
  publicPackages().flatMap(({ folder, entries }) =>
    entries.map(({ specifier, condition, types }) => {
      const name = [...specifier.split("/").slice(1), ...(condition === "import" ? [] : [condition])].join(
        "-",
      );
      const title = condition === "import" ? specifier : `${specifier}, in a ${condition}`;
      return { file: join(folder, "api", `${name}.api.md`), text: report(title, types) };
    }),
  );

function strayFiles(reports) {
  const known = new Set(reports.map(({ file }) => file));
  return publicPackages().flatMap(({ folder }) => {
    const api = join(folder, "api");
    return existsSync(api)
      ? readdirSync(api)
          .map((name) => join(api, name))
          .filter((file) => !known.has(file))
      : [];
  });
}

/** Declarations of one entry point by name, without comments; what it takes from elsewhere first. */
function report(title, types) {
  const { declarations, exported, outside } = readDeclarations(types);
  const lines = [...declarations]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(
      ([name, texts]) =>
        `${exported.has(name) ? "" : "// not exported itself, but part of what is\n"}${texts.join("\n")}`,
    );
  return `# ${title}

The public surface, written by \`npm run api\`. Do not edit: the checks compare it with the built declarations.

\`\`\`ts
${[...[...outside].sort(), ...lines].join("\n\n")}
\`\`\`
`;
}

/** Top-level declarations of a file and of the chunks it shares with other entry points. */
function readDeclarations(
  entry,
  file = entry,
  found = { declarations: new Map(), exported: new Set(), outside: new Set() },
) {
  if (!existsSync(file))
    throw new Error(`${relative(ROOT, file)} is not there. Run \`npm run build\` first.`);
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  const printer = ts.createPrinter({ removeComments: true });
  for (const statement of source.statements) {
    const from = statement.moduleSpecifier?.text;
    if (from?.startsWith(".")) {
      readDeclarations(entry, join(dirname(file), from.replace(/\.js$/, ".d.ts")), found);
    } else if (ts.isExportDeclaration(statement) && from === undefined) {
      // Names as the bundler exported them; chunks rename theirs, the entry point has the last word.
      if (file === entry)
        for (const { name, propertyName } of statement.exportClause.elements) {
          found.exported.add((propertyName ?? name).text);
          if (propertyName) found.outside.add(`export { ${propertyName.text} as ${name.text} };`);
        }
    } else if (ts.isExportDeclaration(statement)) {
      found.outside.add(printer.printNode(ts.EmitHint.Unspecified, statement, source));
    } else if (!ts.isImportDeclaration(statement)) {
      const text = printer.printNode(ts.EmitHint.Unspecified, statement, source);
      const declared = statement.name ?? statement.declarationList?.declarations[0]?.name;
      const name = declared?.text ?? text;
      found.declarations.set(name, [...(found.declarations.get(name) ?? []), text]);
    }
  }
  return found;
}

/** Lines that only one of the texts has, as a diff shows them; at most twenty. */
function changedLines(before, after) {
  if (before === after) return [];
  const [old, now] = [before.split("\n"), after.split("\n")];
  const only = (lines, others, sign) => {
    const rest = new Map();
    for (const line of others) rest.set(line, (rest.get(line) ?? 0) + 1);
    return lines
      .filter((line) => {
        const left = rest.get(line) ?? 0;
        rest.set(line, left - 1);
        return left <= 0;
      })
      .map((line) => `${sign} ${line}`);
  };
  const lines = [...only(old, now, "-"), ...only(now, old, "+")];
  if (lines.length === 0) return ["  the same lines in another order"];
  return lines.length > 20 ? [...lines.slice(0, 20), `  … ${lines.length - 20} more lines`] : lines;
}

if (import.meta.filename === process.argv[1]) {
  setUp();
  if (!process.argv.includes("--built"))
    run("turbo", ["run", "build", "--output-logs=errors-only", "--concurrency=2"]);
  if (process.argv.includes("--check")) checkApi();
  else writeApi();
}
