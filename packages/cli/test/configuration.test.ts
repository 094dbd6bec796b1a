import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { configurationJsonSchema } from "../src/configuration/configuration-schema.js";
import { createProgram } from "../src/program.js";
import type { Session } from "../src/session.js";
import { json, shell, temporaryFolder } from "./shell.js";

const folder = temporaryFolder("configuration");
afterAll(() => rmSync(folder, { recursive: true }));

const WATERFALL = {
  format: "shortfall-waterfall/1",
  id: "main",
  version: "1",
  layers: [{ id: "fund", policy: "cash-fund", parameters: { fund: "insurance" } }],
};
const GENEROUS = `export default { name: "generous", create: () => ({ policies: [{
  id: "generous", version: "1", title: "Generous", parameters: { parse: (input) => input },
  describe: () => "Pays.", bearer: () => ({ kind: "fund", id: "insurance" }), open: () => ({}),
  capacity: () => 0n, absorb: (view) => ({ taken: 0n, state: view.state, effects: [], reason: "Nothing." }),
}] }) };`;

/** A folder below the test's own with files in it. */
function place(name: string, files: Readonly<Record<string, unknown>>): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files))
    writeFileSync(join(path, file), typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("the configuration file", () => {
  it("is found in a folder above, and its names and plugins are known to the commands", async () => {
    const top = place("above", {
      "shortfall.config.json": { waterfalls: { ours: "w.json" }, plugins: ["./generous.mjs"] },
      "w.json": WATERFALL,
      "generous.mjs": GENEROUS,
    });
    const workingFolder = place("above/deep/down", {});
    const shown = await json(["policies", "show", "ours"], { workingFolder });
    expect(shown.document).toMatchObject({ id: "main", layers: [{ policy: "cash-fund" }] });
    const list = await json(["policies", "list"], { workingFolder });
    expect(list.document.policies).toContainEqual({ id: "generous", version: "1", title: "Generous" });
    const named = await json(["policies", "show", "ours", "--config", join(top, "shortfall.config.json")]);
    expect(named.code).toBe(0);
  });

  it("gives options that the command line leaves out, also those a command demands, and the line wins", async () => {
    const workingFolder = place("options", {
      "shortfall.config.json": { commands: { "claims root": { family: "packed", budget: 5 } } },
    });
    const claims = join(workingFolder, "claims.csv");
    writeFileSync(claims, `account,amount\n0x${"11".repeat(20)},7\n`);
    const configured = await json(["claims", "root", claims], { workingFolder });
    expect(configured).toMatchObject({ code: 1, document: { overBudget: "2" } });
    const given = await json(["claims", "root", claims, "--budget", "9"], { workingFolder });
    expect(given).toMatchObject({ code: 0, document: { overBudget: "-2" } });
    const other = await json(["claims", "root", claims, "--family", "oz-standard-v1"], { workingFolder });
    expect(other.document.root).not.toBe(configured.document.root);
  });

  it.each([
    [{ bogus: 1 }, /\(document\).*bogus/],
    [{ rpc: { mainnet: "http://127.0.0.1" } }, /rpc/],
    [{ commands: { reconsile: {} } }, /commands\.reconsile: expected one of: reconcile, /],
    [{ commands: { conform: { mod: "both" } } }, /commands\.conform\.mod: expected one of: mode, calls/],
    [
      { commands: { conform: { mode: "sideways" } } },
      /conform\.mode: expected one of: observe, execute, both/,
    ],
    [{ commands: { conform: { calls: "no" } } }, /conform\.calls: expected true or false/],
  ])("refuses %j and says where and what instead", async (configuration, message) => {
    const workingFolder = place("wrong", { "shortfall.config.json": configuration });
    const { code, err } = await shell(["conform", "x.jsonl"], { workingFolder });
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect((await shell(["conform", "--help"], { workingFolder })).code).toBe(0);
  });

  it("knows nodes by chain, and says where one is missing", async () => {
    const workingFolder = place("nodes", { "shortfall.config.json": { rpc: { 1: "ftp://node" } } });
    expect((await shell(["reconcile", "--rpc", "1"], { workingFolder })).err).toMatch(/rpc/);
    place("nodes", { "shortfall.config.json": { rpc: { 1: "http://127.0.0.1:1" } } });
    const missing = await shell(["reconcile", "--rpc", "10", "--header", "h.json"], { workingFolder });
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.err).toMatch(/rpc\.10: expected a node for chain 10, got nothing\. Add it there/);
    const known = await shell(["reconcile", "--rpc", "1", "--header", "h.json"], { workingFolder });
    expect(known.err).toMatch(/h\.json/);
  });

  it("may not be there twice", async () => {
    const workingFolder = place("twice", { "shortfall.config.json": {}, "shortfall.config.mjs": "" });
    expect((await shell(["policies", "list"], { workingFolder })).err).toMatch(/Keep one of them/);
  });

  it("may be a module", async () => {
    const workingFolder = place("module", {
      "shortfall.config.mjs": `export default { waterfalls: { ours: "w.json" } };`,
      "w.json": WATERFALL,
    });
    expect((await shell(["policies", "show", "ours"], { workingFolder })).code).toBe(0);
    const empty = place("empty", { "shortfall.config.mjs": "" });
    expect((await shell(["policies", "list"], { workingFolder: empty })).err).toMatch(/export default/);
    const broken = place("broken", { "shortfall.config.mjs": "throw new Error('ouch')" });
    expect((await shell(["policies", "list"], { workingFolder: broken })).err).toMatch(/ouch/);
  });

  it("may be TypeScript: read by Node or tsx, and otherwise refused with what to do", async () => {
    const path = place("typed", {
      "shortfall.config.ts": "const settings: object = { waterfalls: {} };\nexport default settings;\n",
    });
    const reader = fileURLToPath(new URL("../src/configuration/configuration-file.ts", import.meta.url));
    // Bundled, so that plain Node runs it: whoever starts this test may have hooks of their own.
    const bundle = join(path, "reader.mjs");
    await bundled(reader, bundle);
    const read = () =>
      spawnSync(
        process.execPath,
        [
          "--input-type=module",
          "--eval",
          `const { readConfiguration } = await import(process.argv[1]);
           try { console.log(JSON.stringify((await readConfiguration(process.argv[2])).configuration)); }
           catch (error) { console.log(error.message); }`,
          bundle,
          join(path, "shortfall.config.ts"),
        ],
        { encoding: "utf8", env: { PATH: process.env.PATH } },
      ).stdout;
    const native = "typescript" in process.features && Boolean(process.features.typescript);
    if (!native) {
      expect(read()).toMatch(
        /which Node [\d.]+ does not read.*Node 22\.18 or newer, or `npm install --save-dev tsx`/,
      );
      mkdirSync(join(path, "node_modules"));
      const tsx = dirname(createRequire(import.meta.url).resolve("tsx/package.json"));
      symlinkSync(tsx, join(path, "node_modules", "tsx"));
    }
    expect(JSON.parse(read())).toMatchObject({ waterfalls: {} });
  });

  it("has a schema for editors that names every option of every command", async () => {
    const schema = configurationJsonSchema(createProgram({ exporters: [] } as unknown as Session, terminal));
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      "../schema/shortfall.config.schema.json",
    );
  });
});

const terminal = { stdout: { write: () => true }, stderr: { write: () => true }, env: {}, now: () => 0 };

/** A module and all it imports from this workspace, in one file. */
const bundled = (entry: string, outfile: string): Promise<unknown> =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@shortfall/source"],
    external: ["pg"],
    banner: {
      js: "import { createRequire as from } from 'node:module'; const require = from(import.meta.url);",
    },
    logLevel: "error",
  });
