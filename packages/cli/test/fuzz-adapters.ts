import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fuzzAdapter } from "@shortfall/testing";
import { builtInAdapters } from "../src/adapters.js";

/*
 * npm run fuzz -- [rounds] [seed]: noise and calls with other numbers, for every adapter over several of its golden
 * histories. Ten thousand rounds an adapter where nothing else is asked.
 */
const [rounds = 10_000, seed = 1] = process.argv.slice(2).map(Number);
const vectors = new URL("../../testing/vectors/", import.meta.url);
const FOLDERS = [
  "aave-v3",
  "aave-v3-versions",
  "compound-v2",
  "compound-v3",
  "euler-v2",
  "metamorpho",
  "morpho-blue",
  "venus-isolated",
];
const HISTORIES = 4;

let failed = 0;
for (const folder of FOLDERS) {
  const files = readdirSync(new URL(`${folder}/`, vectors))
    .filter((name) => name.endsWith(".gz"))
    .sort();
  const chosen = files.filter((_, k) => k % Math.ceil(files.length / HISTORIES) === 0);
  for (const [k, file] of chosen.entries()) {
    const [head, ...rest] = gunzipSync(readFileSync(new URL(`${folder}/${file}`, vectors)))
      .toString()
      .trim()
      .split("\n");
    const { adapter, header } = builtInAdapters().for(JSON.parse(head!));
    const lines = rest.map((text, index) => ({ number: index + 2, value: JSON.parse(text) }));
    try {
      const faults = fuzzAdapter(
        adapter,
        { header, lines },
        { rounds: Math.ceil(rounds / chosen.length), seed: seed + k },
      );
      for (const fault of faults.slice(0, 3)) process.stdout.write(`${folder}/${file}: ${fault}\n`);
      failed += faults.length;
    } catch (error) {
      process.stdout.write(`${folder}/${file}: ${error instanceof Error ? error.stack : String(error)}\n`);
      failed++;
    }
  }
  process.stdout.write(`${folder}: ${rounds} rounds\n`);
}
process.stdout.write(failed === 0 ? "Nothing broke.\n" : `${failed} faults.\n`);
process.exitCode = failed === 0 ? 0 : 1;
