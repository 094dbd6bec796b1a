import { run } from "./setup.mjs";

const HISTORIES = [
  {
    title: "Compound v3 (Comet): a market whose reserves go below zero",
    file: "examples/logs/comet.jsonl.gz",
    out: "shortfall-report/comet",
  },
  {
    title: "Aave v3.7 with Umbrella: deficits, offset, slashed stake",
    file: "examples/logs/aave.jsonl.gz",
    out: "shortfall-report/aave",
  },
];

/** Re-executes the example histories, which were recorded from the real contracts. */
export function mainJob() {
  for (const { title, file, out } of HISTORIES) {
    process.stdout.write(`\n${title}\n`);
    run("pnpm", ["-s", "shortfall", "reconcile", file, "--out", out]);
  }
  process.stdout.write("\nReports written:\n");
  for (const { out } of HISTORIES) process.stdout.write(`  ${out}/report.html\n`);
}
