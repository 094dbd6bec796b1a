// npm run conformance: writes docs/conformance.md from what `conform` finds on the golden files of this repository.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run, setUp } from "./setup.mjs";

const PROTOCOLS = [
  "aave-v3",
  "aave-v3-versions",
  "aave-v3-bundles",
  "compound-v3",
  "compound-v2",
  "venus-isolated",
  "morpho-blue",
  "metamorpho",
  "metamorpho-ops",
  "euler-v2",
  "euler-v2-batches",
];

setUp();
const rows = PROTOCOLS.flatMap((name) => {
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
const table = rows.map((row) => `| ${row.map(number).join(" | ")} |`).join("\n");
const text = `# Conformance

Golden files recorded from the real contracts, run both ways. Written by \`npm run conformance\`; do not edit.

| protocol | mode | lines | values compared | mismatches | calls read | not executable |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
${table}

Calls are read only where logs provably do not tell the outcome; the pages of the adapters say where and why. A line
that cannot be executed (a bundle recorded without arguments) is counted by observation alone.
`;
writeFileSync(join(ROOT, "docs", "conformance.md"), text);
process.stdout.write(text);
