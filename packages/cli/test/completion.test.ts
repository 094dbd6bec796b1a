import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { shell, temporaryFolder } from "./shell.js";

const folder = temporaryFolder("completion");
mkdirSync(join(folder, "logs"));
writeFileSync(join(folder, "history.jsonl"), "");
afterAll(() => rmSync(folder, { recursive: true }));

const installed = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

async function script(name: string): Promise<string> {
  const { code, out } = await shell(["completion", name]);
  expect(code).toBe(0);
  return out;
}

/** What bash would offer for the last of these words. */
async function inBash(...words: string[]): Promise<string[]> {
  const program = `${await script("bash")}
COMP_WORDS=(shortfall ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
_shortfall; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", program], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean);
}

describe.skipIf(!installed("bash"))("completion in bash", () => {
  it("offers commands, and commands below them", async () => {
    expect(await inBash("rec")).toEqual(["reconcile"]);
    expect(await inBash("")).toEqual(expect.arrayContaining(["conform", "policies", "completion", "doctor"]));
    expect(await inBash("policies", "s")).toEqual(["show"]);
    expect(await inBash("completion", "")).toEqual(["bash", "fish", "zsh"]);
  });

  it("offers a command's own options, and values where they are known", async () => {
    expect(await inBash("conform", "--m")).toEqual(["--mode"]);
    expect(await inBash("verify", "--m")).toEqual([]);
    expect(await inBash("conform", "x.jsonl", "--mode", "")).toEqual(["observe", "execute", "both"]);
    expect(await inBash("reconcile", "--check", "b")).toEqual(["bloom"]);
    expect(await inBash("--v")).toEqual(["--version"]);
  });

  it("offers files where files are meant, and nothing where only the user can know", async () => {
    expect(await inBash("reconcile", "hi")).toEqual(["history.jsonl"]);
    expect(await inBash("reconcile", "--out", "l")).toEqual(["logs"]);
    expect(await inBash("reconcile", "--rpc", "h")).toEqual([]);
  });
});

describe.skipIf(!installed("zsh"))("completion in zsh, where it is installed", () => {
  it("offers commands and values", async () => {
    const program = `compdef() { }; _describe() { print -l -- "\${(@P)2}" }; compadd() { shift; print -l -- "$@" }; _files() { print files }
${await script("zsh")}
words=(shortfall conform --mode ''); CURRENT=4; _shortfall
words=(shortfall rec); CURRENT=2; _shortfall
words=(shortfall verify ''); CURRENT=3; _shortfall`;
    const { stdout, stderr } = spawnSync("zsh", ["-f", "-c", program], { cwd: folder, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toContain("observe\nexecute\nboth\n");
    expect(stdout).toContain("reconcile:");
    expect(stdout).toContain("files");
  });
});

describe.skipIf(!installed("fish"))("completion in fish, where it is installed", () => {
  it("offers commands and values", async () => {
    const offered = async (line: string) =>
      spawnSync("fish", ["--no-config", "-c", `${await script("fish")}\ncomplete -C '${line}'`], {
        cwd: folder,
        encoding: "utf8",
      }).stdout;
    expect(await offered("shortfall rec")).toMatch(/^reconcile\t/);
    expect(await offered("shortfall conform --mode ")).toMatch(/both/);
  });
});
