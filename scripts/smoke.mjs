// Packs every public package, installs the tarballs in an empty project as a user would, and uses them in ESM
// and CJS, from the command line, and from TypeScript.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, run } from "./setup.mjs";

const tarballs = join(ROOT, ".cache", "tarballs");
rmSync(tarballs, { recursive: true, force: true });
mkdirSync(tarballs, { recursive: true });
for (const name of readdirSync(join(ROOT, "packages")).sort()) {
  const folder = join(ROOT, "packages", name);
  if (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).private) continue;
  run("pnpm", ["pack", "--pack-destination", tarballs], { cwd: folder, capture: true });
  run("publint", ["--strict", folder], { capture: true });
}

const project = mkdtempSync(join(tmpdir(), "shortfall-smoke-"));
try {
  const files = readdirSync(tarballs).map((file) => join(tarballs, file));
  const dependencies = Object.fromEntries(files.map((file) => [nameOf(file), `file:${file}`]));
  // npm resolves a dependency between our packages to the tarball of the same name through the overrides.
  write(
    "package.json",
    JSON.stringify({ name: "smoke", private: true, dependencies, overrides: dependencies }),
  );
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: project,
  });
  const body = readFileSync(join(ROOT, "scripts", "smoke-body.txt"), "utf8");
  write(
    "use.mjs",
    `import * as sdk from "@shortfall/sdk";\nimport { parseAmount } from "@shortfall/math/decimal";\n${body}`,
  );
  write(
    "use.cjs",
    `const sdk = require("@shortfall/sdk");\nconst { parseAmount } = require("@shortfall/math/decimal");\n${body}`,
  );
  const esm = run("node", ["use.mjs"], { cwd: project, capture: true });
  const cjs = run("node", ["use.cjs"], { cwd: project, capture: true });
  if (esm !== cjs || !esm.includes("uncovered 0"))
    throw new Error(`ESM printed\n${esm}\nCJS printed\n${cjs}`);
  run("node", ["node_modules/@shortfall/cli/dist/main.js", "policies", "list", "--json"], {
    cwd: project,
    capture: true,
  });
  write(
    "use.ts",
    `import * as sdk from "@shortfall/sdk";\nimport { parseAmount } from "@shortfall/math/decimal";\nexport const units: bigint = parseAmount("1", 6);\nexport type Ledger = ReturnType<typeof sdk.createLedger>;\n`,
  );
  write(
    "use.cts",
    `import sdk = require("@shortfall/sdk");\nexport type Ledger = ReturnType<typeof sdk.createLedger>;\n`,
  );
  for (const [module, resolution] of [
    ["node16", "node16"],
    ["esnext", "bundler"],
  ]) {
    const inputs = resolution === "bundler" ? ["use.ts"] : ["use.ts", "use.cts"];
    run(
      "node",
      [
        join(ROOT, "node_modules/typescript-native/bin/tsc"),
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--target",
        "es2022",
        "--module",
        module,
        "--moduleResolution",
        resolution,
        ...inputs,
      ],
      { cwd: project },
    );
  }
  process.stdout.write(
    `${files.length} tarballs work in ESM, CJS, on the command line and in TypeScript.\n${esm}`,
  );
} finally {
  rmSync(project, { recursive: true, force: true });
}

function nameOf(file) {
  const match = /shortfall-([a-z-]+)-\d+\.\d+\.\d+.*\.tgz$/.exec(file);
  return `@shortfall/${match[1]}`;
}

function write(name, text) {
  writeFileSync(join(project, name), text);
}
