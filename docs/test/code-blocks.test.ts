import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, type CodeBlock, checkedPages, exitOf, ROOT, wordsOf } from "./code-blocks.js";
import { command } from "./command.js";

const blocks = checkedPages().flatMap(blocksOf);
/** Beside node_modules, so that packages are found as a reader's code finds them. */
const CODE = join(ROOT, "docs", ".code");

const modules = blocks.filter(({ language, marks }) => language === "ts" && !marks.includes("raises"));
const nameOf = ({ page, line }: CodeBlock): string => `${page.replaceAll(/\W/g, "-")}-${line}.ts`;

describe("TypeScript of the documentation", () => {
  beforeAll(() => {
    rmSync(CODE, { recursive: true, force: true });
    mkdirSync(CODE);
    for (const block of modules)
      writeFileSync(join(CODE, nameOf(block)), `${block.context}\n${block.text}\nexport {};\n`);
    const options = {
      extends: "../../tsconfig.base.json",
      compilerOptions: { noUnusedLocals: false },
      include: ["*.ts"],
    };
    writeFileSync(join(CODE, "tsconfig.json"), JSON.stringify(options));
  });
  afterAll(() => rmSync(CODE, { recursive: true, force: true }));

  it("compiles, every block", () => {
    expect(modules.length).toBeGreaterThan(10);
    let said = "";
    try {
      execFileSync("node", [join(ROOT, "node_modules/typescript-native/bin/tsc"), "-p", CODE], {
        encoding: "utf8",
      });
    } catch (error) {
      said = String((error as { stdout?: unknown }).stdout);
    }
    // What the packages themselves get wrong is for the check of types.
    expect(said.split("\n").filter((line) => /\.code\//.test(line) || /^README|^docs/.test(line))).toEqual(
      [],
    );
  }, 120_000);

  it.each(
    modules
      .filter(({ marks, context }) => !marks.includes("no-run") && !context.includes("declare "))
      .map((block) => [`${block.page}:${block.line}`, block] as const),
  )("runs %s", async (_, block) => {
    await import(/* @vite-ignore */ pathToFileURL(join(CODE, nameOf(block))).href);
  });
});

const commands = blocks
  .filter(({ language, marks }) => language === "sh" && !marks.includes("no-run"))
  .flatMap((block) =>
    block.text.split("\n").map((text, at) => ({
      at: `${block.page}:${block.line + 1 + at}`,
      words: wordsOf(text),
      exit: exitOf(text),
    })),
  )
  .filter(({ words }) => words.length > 0);

describe("commands of the documentation", () => {
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object }).scripts,
  );
  const cwd = process.cwd();
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "commands-"));
    for (const name of ["packages", "examples", "docs"]) symlinkSync(join(ROOT, name), join(folder, name));
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(cwd);
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(commands.map(({ at, words, exit }) => [`${at}: ${words.join(" ")}`, words, exit] as const))(
    "%s",
    async (_, words, exit) => {
      const own =
        words[0] === "npm" && words.includes("shortfall")
          ? words.slice(words.indexOf("--") + 1)
          : words.slice(1);
      if (words[0] === "npm" && !words.includes("shortfall")) {
        const script = words.slice(1).find((word) => word !== "run" && !word.startsWith("-")) ?? "";
        expect(scripts).toContain(script);
        if (script === "example")
          expect(
            existsSync(join(ROOT, "examples", words[words.indexOf("--") + 1] ?? "", "src/main.ts")),
          ).toBe(true);
        return;
      }
      if (words[0] === "node") {
        // What a report folder brings along; its own tests run it.
        expect(existsSync(join(folder, words[1] ?? ""))).toBe(true);
        return;
      }
      expect(["npm", "shortfall"]).toContain(words[0]);
      const cut = own.indexOf(">");
      const { code, said } = await command(cut < 0 ? own : own.slice(0, cut));
      // A file of the reader's own is the only thing that may be missing.
      if (code === 2) expect(said).toMatch(/nothing of that name|ENOENT/);
      else expect([code, said]).toEqual([exit, expect.any(String)]);
    },
  );
});
