// One small browser program through the bundlers that users have; each bundle must run and print the same.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";
import { ROOT, run } from "../setup.mjs";

/** Bundles for the browser: the ledger and two policies alone, and the whole SDK. Runs each bundle in Node. */
export async function bundleEverywhere(project, expected) {
  const body = readFileSync(join(ROOT, "scripts", "smoke", "body.txt"), "utf8");
  writeFileSync(
    join(project, "core.js"),
    `import { createLedger } from "@shortfall/core";
import { cashFund, proRata } from "@shortfall/policies";
import { parseAmount } from "@shortfall/math/decimal";
const sdk = { createLedger, catalogue: [cashFund, proRata] };
${body}`,
  );
  writeFileSync(
    join(project, "sdk.js"),
    `import * as sdk from "@shortfall/sdk";\nimport { parseAmount } from "@shortfall/math/decimal";\n${body}`,
  );
  for (const entry of ["core", "sdk"]) {
    const bundles = { esbuild: withEsbuild, vite: withVite, webpack: withWebpack };
    for (const [bundler, bundle] of Object.entries(bundles)) {
      const file = join(project, "bundles", bundler, `${entry}.mjs`);
      await bundle(join(project, `${entry}.js`), file);
      const printed = run("node", [file], { cwd: project, capture: true });
      if (printed !== expected)
        throw new Error(`The ${bundler} bundle of ${entry} printed\n${printed}\ninstead of\n${expected}`);
    }
  }
}

const withEsbuild = (entry, outfile) =>
  esbuild({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    logLevel: "warning",
  });

const withVite = (entry, file) =>
  vite({
    root: dirname(entry),
    configFile: false,
    logLevel: "warn",
    build: {
      outDir: dirname(file),
      emptyOutDir: false,
      lib: { entry, formats: ["es"], fileName: () => basename(file) },
    },
  });

const withWebpack = (entry, file) =>
  new Promise((done, fail) => {
    const options = {
      mode: "production",
      target: "web",
      entry,
      context: dirname(entry),
      output: { path: dirname(file), filename: basename(file), library: { type: "module" } },
      experiments: { outputModule: true },
      performance: { hints: false },
    };
    webpack(options, (error, stats) => {
      if (error) fail(error);
      else if (stats.hasErrors() || stats.hasWarnings())
        fail(new Error(`webpack: ${stats.toString("errors-warnings")}`));
      else done();
    });
  });
