import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { GroupResult } from "./measure.js";

/** Bytes an account takes in each layout, each measured in a process of its own. */
export function memoryByAccount(options: { full: boolean }): GroupResult {
  const accounts = options.full ? 1_000_000 : 200_000;
  const [table, objects] = (["table", "objects"] as const).map((layout) => bytesOf(layout, accounts)) as [
    number,
    number,
  ];
  const timing = (name: string, bytes: number) => ({ name, bestNs: bytes, medianNs: bytes, spread: 0 });
  const ratio = table / objects;
  return {
    group: `memory of ${accounts.toLocaleString("en")} accounts with three balances, bytes each`,
    unit: "B",
    timings: [
      timing("interned addresses and three columns", table),
      timing("Map of objects with three bigints", objects),
    ],
    ratios: [
      { name: "P10 bytes an account", ratio: table, target: 100, bound: "at-most", pass: table <= 100 },
      {
        name: "P10 columns over a Map of objects",
        ratio,
        target: 0.25,
        bound: "at-most",
        pass: ratio <= 0.25,
      },
    ],
  };
}

function bytesOf(layout: "table" | "objects", accounts: number): number {
  const script = fileURLToPath(new URL("./memory-of.js", import.meta.url));
  const output = execFileSync(process.execPath, ["--expose-gc", script, layout, `${accounts}`], {
    encoding: "utf8",
  });
  return Number(output.trim());
}
