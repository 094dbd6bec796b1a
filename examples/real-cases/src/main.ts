import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { inspectQuality, parseEvidence, reconcileEvidence } from "@shortfall/audit";
import { formatAmount } from "@shortfall/math/decimal";
import { readLines } from "@shortfall/sources";

// Somebody's published list of compensation claims: are its numbers numbers, and does the budget pay them?
const folder = new URL("../../../packages/testing/vectors/rari-fuse-redemption/", import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(name, folder));

const { findings } = await inspectQuality("balances.json", readLines(path("balances.json")));
process.stdout.write("Quality of balances.json\n");
for (const finding of findings) process.stdout.write(`  ${finding.class}: ${finding.message}\n`);

// The description says which columns are what; here it is written in code, for a budget of one's own.
const at = { market: "*1", account: "*2", amount: "." };
const description = parseEvidence(
  {
    format: "shortfall-evidence/1",
    kind: "funding",
    title: "Claims of ten cTokens",
    unit: { name: "FEI", decimals: 18, written: "base-units" },
    claims: [{ file: "balances.json", rows: "/*/*", columns: at }],
    rates: { file: "rates.json", rows: "/*", columns: { market: "*1", rate: "." } },
    budget: [{ label: "two million and a bit", amount: "2184712000000000000000000" }],
  },
  "description",
);
const texts = new Map<string, string>();
for (const file of description.files) texts.set(file, await readFile(path(file), "utf8"));
const { verdict, figures } = reconcileEvidence(description, texts);
process.stdout.write(
  `\n${verdict}\nShort by ${formatAmount(figures.short as bigint, 18)} FEI, to the unit.\n`,
);
