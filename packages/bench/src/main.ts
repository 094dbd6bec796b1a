import { allocation } from "./allocation.js";
import { arithmetic } from "./arithmetic.js";
import { claimsTree } from "./claims.js";
import { haircutByHolder } from "./haircut.js";
import { historyMemory } from "./history-memory.js";
import { journal } from "./journal.js";
import { waterfallByLayers } from "./layers.js";
import { liquidation } from "./liquidation.js";
import { listeners } from "./listeners.js";
import { markets } from "./markets.js";
import { type GroupResult, machine } from "./measure.js";
import { memoryByAccount } from "./memory.js";
import { morphoOperations } from "./morpho-operations.js";
import { replay } from "./replay.js";
import { simulator } from "./simulator.js";
import { writeOffByHolders } from "./write-off.js";

const GROUPS = {
  arithmetic,
  operations: morphoOperations,
  liquidation,
  layers: waterfallByLayers,
  "write-off": writeOffByHolders,
  haircut: haircutByHolder,
  allocation,
  memory: memoryByAccount,
  listeners,
  markets,
  claims: claimsTree,
  replay,
  journal,
  history: historyMemory,
  simulator,
};

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith("--"));
const unknown = args.find((arg) =>
  arg.startsWith("--")
    ? !["--json", "--full", "--quick", "--accountants"].includes(arg)
    : !Object.hasOwn(GROUPS, arg),
);
if (unknown !== undefined) {
  process.stderr.write(
    `Unknown argument ${unknown}. Usage: npm run bench -- [--quick|--full] [--json] [--accountants] [group…]. Groups: ${Object.keys(GROUPS).join(", ")}\n`,
  );
  process.exit(2);
}
const full = args.includes("--full");
const groups: GroupResult[] = [];
for (const [name, group] of Object.entries(GROUPS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const result = await group({ full, accountants: args.includes("--accountants") });
  groups.push(...[result].flat());
}

if (args.includes("--json")) process.stdout.write(`${JSON.stringify({ machine: machine(), groups })}\n`);
else print(groups);
process.exitCode = groups.every(({ ratios }) => ratios.every(({ pass, withheld }) => pass || withheld))
  ? 0
  : 1;

function print(results: readonly GroupResult[]): void {
  const { node, cpus, load } = machine();
  process.stdout.write(
    `Node ${node}, ${cpus} CPUs, load ${load.join(" ")}; CPU time, best of interleaved rounds\n`,
  );
  for (const { group, unit = "ns", timings, ratios } of results) {
    process.stdout.write(`\n${group}\n`);
    const base = timings[0]!.bestNs;
    for (const { name, bestNs, spread } of timings) {
      process.stdout.write(
        `  ${name.padEnd(52)} ${bestNs.toFixed(0).padStart(9)} ${unit}  ${(bestNs / base).toFixed(2).padStart(6)}x  spread ${(spread * 100).toFixed(0)} %\n`,
      );
    }
    for (const { name, ratio, bound, target, pass, withheld } of ratios) {
      const verdict = withheld ? "----" : pass ? "pass" : "MISS";
      const figure = withheld ? "no ratio, a side spread more than 40 %" : ratio.toFixed(3);
      process.stdout.write(
        `  ${verdict}  ${name}: ${figure} (${bound === "at-most" ? "at most" : "at least"} ${target})\n`,
      );
    }
  }
}
