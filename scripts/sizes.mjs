// npm run sizes: what users' bundles grow by for what they import, and what importing costs. Fails where a size is
// over budget.
// Budgets with their reasons are in size-budgets.json; the packages must be built.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { publicPackages } from "./packages.mjs";
import { ROOT, run, setUp } from "./setup.mjs";

/** Resolves every package of the workspace. */
const FROM = join(ROOT, "docs");
/** Measures everything of size-budgets.json; throws with what is over budget. */
export async function checkSizes() {
  const { bundles, ratios, imports } = JSON.parse(
    readFileSync(join(ROOT, "scripts", "size-budgets.json"), "utf8"),
  );
  requireBudgets(bundles);
  const over = [];
  const row = (name, value, limit, unit) => {
    if (value > limit) over.push(`${name}: ${value} ${unit}, budget ${limit}`);
    process.stdout.write(`${name.padEnd(70)} ${String(value).padStart(7)} of ${limit} ${unit}\n`);
  };
  const sizes = new Map();
  for (const { name, code, platform = "browser", budget } of bundles) {
    const { minified, gzip } = await measure(code, platform);
    sizes.set(name, gzip);
    row(`${name} (${kilo(minified)} minified)`, kilo(gzip), budget, "kB gzip");
  }
  for (const { name, of, peer, budget } of ratios) {
    const { gzip } = await measure(peer, "browser");
    row(name, Number((sizes.get(of) / gzip).toFixed(2)), budget, "of the peer's size");
  }
  for (const { name, code, peer, budget } of imports) {
    const [own, other] = importTimes([code, peer]);
    // A time, even as a ratio, depends on the machine and on the release of Node: printed, not judged.
    const ratio = (own / other).toFixed(2);
    process.stdout.write(`${name.padEnd(70)} ${ratio.padStart(7)} times, target ${budget}\n`);
  }
  if (over.length > 0)
    throw new Error(
      `Over budget:\n  ${over.join("\n  ")}\nFind what came in (esbuild --analyze), take it out, or raise the budget in scripts/size-budgets.json with the reason.`,
    );
}

/** Every entry point has a budget for all of itself. */
function requireBudgets(bundles) {
  const codes = new Set(bundles.map(({ code }) => code));
  const missing = publicPackages()
    .flatMap(({ entries }) => entries)
    .map(({ specifier }) => `export * from "${specifier}"`)
    .filter((code) => !codes.has(code));
  if (missing.length > 0)
    throw new Error(`Give these a budget in scripts/size-budgets.json:\n  ${missing.join("\n  ")}`);
}

async function measure(code, platform) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: FROM },
    bundle: true,
    minify: true,
    format: "esm",
    platform,
    target: "es2022",
    external: ["pg", "graphile-worker"],
    write: false,
    logLevel: "error",
  });
  const { contents } = outputFiles[0];
  return { minified: contents.length, gzip: gzipSync(contents, { level: 9 }).length };
}

const kilo = (bytes) => Number((bytes / 1000).toFixed(1));

/** Least processor time of each import over fresh processes, taken in turns; milliseconds. */
function importTimes(codes) {
  const least = codes.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 9; round++) {
    codes.forEach(({ specifier, from }, index) => {
      const script = `const before = process.cpuUsage(); await import(${JSON.stringify(specifier)});
        const { user, system } = process.cpuUsage(before); console.log((user + system) / 1000);`;
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ["--input-type=module", "--eval", script],
        { cwd: join(ROOT, from), encoding: "utf8" },
      );
      if (status !== 0) throw new Error(`${specifier} cannot be imported: ${stderr}`);
      least[index] = Math.min(least[index], Number(stdout));
    });
  }
  return least;
}

if (import.meta.filename === process.argv[1]) {
  setUp();
  run("turbo", ["run", "build", "--output-logs=errors-only", "--concurrency=2"]);
  await checkSizes();
}
