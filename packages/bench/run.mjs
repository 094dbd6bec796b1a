// Bundles the benchmarks from source and runs them: what is timed is code as users get it, built.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
await build({
  entryPoints: ["main", "memory-of", "command-of"].map((name) => at(`src/${name}.ts`)),
  outdir: at("node_modules/.cache/bench"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  conditions: ["@shortfall/source"],
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  logLevel: "error",
});
const { status } = spawnSync(
  process.execPath,
  ["--expose-gc", at("node_modules/.cache/bench/main.js"), ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
