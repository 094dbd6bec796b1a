// Packs every public package, installs the tarballs in an empty project as a user would, and uses them: ESM and
// CJS, the command, TypeScript, Vite, webpack and esbuild. Then side effects of importing, sizes and the surface.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { checkApi } from "./api.mjs";
import { publicPackages } from "./packages.mjs";
import { ROOT, run } from "./setup.mjs";
import { checkSizes } from "./sizes.mjs";
import { bundleEverywhere } from "./smoke/bundles.mjs";
import { checkImports } from "./smoke/imports.mjs";
import { checkManifests } from "./smoke/manifests.mjs";
import { checkTypes } from "./smoke/types.mjs";

const packages = publicPackages();
const tarballs = pack();
await checkManifests(tarballs);

const project = mkdtempSync(join(tmpdir(), "shortfall-smoke-"));
try {
  install();
  const printed = useInNode();
  useCommand();
  checkTypes(project);
  await bundleEverywhere(project, printed);
  checkImports(project, packages);
  process.stdout.write(
    `${tarballs.size} tarballs work in ESM, CJS, on the command line, in TypeScript and in bundles.\n${printed}`,
  );
} finally {
  rmSync(project, { recursive: true, force: true });
}
checkApi();
await checkSizes();

/** Tarballs by the name of their package. */
function pack() {
  const folder = join(ROOT, ".cache", "tarballs");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { folder: cwd } of packages)
    run("pnpm", ["pack", "--pack-destination", folder], { cwd, capture: true });
  const files = readdirSync(folder);
  return new Map(
    packages.map(({ name, manifest: { version } }) => {
      const file = `${name.slice(1).replace("/", "-")}-${version}.tgz`;
      if (!files.includes(file)) throw new Error(`${name} was not packed as ${file}.`);
      return [name, join(folder, file)];
    }),
  );
}

/** npm resolves a dependency between our packages to the tarball of the same name through the overrides. */
function install() {
  const dependencies = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  write(
    "package.json",
    JSON.stringify({ name: "smoke", private: true, dependencies, overrides: dependencies }),
  );
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: project,
  });
}

/** The same program as ES module and as CommonJS. Returns what both print. */
function useInNode() {
  const body = readFileSync(join(ROOT, "scripts", "smoke", "body.txt"), "utf8");
  write(
    "use.mjs",
    `import * as sdk from "@shortfall/sdk";\nimport { parseAmount } from "@shortfall/math/decimal";\n${body}`,
  );
  write(
    "use.cjs",
    `const sdk = require("@shortfall/sdk");\nconst { parseAmount } = require("@shortfall/math/decimal");\n${body}`,
  );
  const [esm, cjs] = ["use.mjs", "use.cjs"].map((file) =>
    run("node", [file], { cwd: project, capture: true }),
  );
  if (esm !== cjs || !esm.includes("uncovered 0"))
    throw new Error(`ESM printed\n${esm}\nCJS printed\n${cjs}`);
  return esm;
}

/** What a stranger types first. */
function useCommand() {
  const shortfall = (...args) =>
    run("npx", ["--no-install", "shortfall", ...args], { cwd: project, capture: true });
  const { policies } = JSON.parse(shortfall("policies", "list", "--json"));
  if (policies.length === 0) throw new Error("The installed command knows no policy.");
  const { files } = JSON.parse(shortfall("init", "--json"));
  shortfall(
    "policies",
    "show",
    files.find((file) => basename(file) === "waterfall.json"),
  );
  shortfall("doctor");
}

function write(name, text) {
  writeFileSync(join(project, name), text);
}
