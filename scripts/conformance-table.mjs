// npm run conformance: writes docs/conformance.md, and the table of each adapter's page, from what `conform` finds on
// the golden files of this repository.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run, setUp } from "./setup.mjs";

/** Folders of golden files by adapter page. */
const PAGES = {
  "aave-v3": ["aave-v3", "aave-v3-versions", "aave-v3-bundles"],
  "compound-v3": ["compound-v3"],
  "compound-v2": ["compound-v2"],
  "venus-isolated": ["venus-isolated"],
  "morpho-blue": ["morpho-blue"],
  metamorpho: ["metamorpho", "metamorpho-ops"],
  "euler-v2": ["euler-v2", "euler-v2-batches"],
};
const HEAD = `| golden files | mode | lines | values compared | mismatches | calls read | not executable |
| --- | --- | ---: | ---: | ---: | ---: | ---: |`;

setUp();
const rows = Object.values(PAGES)
  .flat()
  .flatMap((name) => {
    const command = [
      "-s",
      "shortfall",
      "conform",
      `packages/testing/vectors/${name}`,
      "--mode",
      "both",
      "--json",
    ];
    const { results } = JSON.parse(run("pnpm", command, { capture: true }));
    return ["observe", "execute"].map((mode) => {
      const own = results.filter((result) => result.mode === mode);
      const sum = (key) => own.reduce((total, result) => total + result[key], 0);
      return [
        name,
        mode,
        sum("transactions"),
        sum("comparisons"),
        sum("mismatches"),
        sum("callsUsed"),
        sum("skipped"),
      ];
    });
  });
const number = (value) => (typeof value === "number" ? value.toLocaleString("en-US") : value);
const tableOf = (folders) => {
  const lines = rows
    .filter(([name]) => folders.includes(name))
    .map((row) => `| ${row.map(number).join(" | ")} |`);
  return `${HEAD}\n${lines.join("\n")}`;
};
const text = `# Conformance

Golden files recorded from the real contracts, run both ways. Written by \`npm run conformance\`; do not edit.

${tableOf(Object.values(PAGES).flat())}

Calls are read only where logs provably do not tell the outcome; the pages of the adapters say where and why. A line
that cannot be executed (a bundle recorded without arguments) is counted by observation alone.
`;
writeFileSync(join(ROOT, "docs", "conformance.md"), text);
process.stdout.write(text);
for (const [page, folders] of Object.entries(PAGES)) {
  const path = join(ROOT, "docs", "adapters", `${page}.md`);
  const [before] = readFileSync(path, "utf8").split("\n## Conformance\n");
  const section = `## Conformance

Golden files recorded from the real contracts, run both ways; written by \`npm run conformance\`
([all adapters](../conformance.md)).

${tableOf(folders)}
`;
  writeFileSync(path, `${before.trimEnd()}\n\n${section}`);
}
