import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeHistory } from "./histories/history.js";
import { morphoPlay } from "./histories/morpho.js";
import type { GroupResult } from "./measure.js";

/**
 * From a file of logs to a report folder and to its proof: peak memory of the command's own process, for a history
 * and for one ten times as long with the same accounts. It must not grow with the history. A quick run doubles only.
 */
export async function historyMemory(options: { full: boolean }): Promise<GroupResult> {
  const sizes = options.full ? [100_000, 1_000_000] : [100_000, 200_000];
  const accounts = sizes[0]! / 10;
  const folder = mkdtempSync(join(tmpdir(), "shortfall-bench-"));
  try {
    const peaks: { readonly name: string; readonly mebibytes: number }[] = [];
    for (const logs of sizes) {
      const [path, out] = [join(folder, `${logs}.jsonl`), join(folder, `${logs}`)];
      await writeHistory(path, morphoPlay(accounts), logs);
      const size = logs.toLocaleString("en");
      peaks.push({
        name: `reconcile ${size} logs into a folder`,
        mebibytes: peakOf(["reconcile", path, "--out", out]),
      });
      peaks.push({ name: `verify that folder, ${size} logs`, mebibytes: peakOf(["verify", out]) });
      rmSync(out, { recursive: true });
      rmSync(path);
    }
    const times = `${sizes[1]! / sizes[0]!} times the logs`;
    const growth = (name: string, index: number) => {
      const ratio = peaks[index + 2]!.mebibytes / peaks[index]!.mebibytes;
      return { name, ratio, target: 1.3, bound: "at-most" as const, pass: ratio <= 1.3 };
    };
    return {
      group: `peak memory of the command, ${accounts.toLocaleString("en")} accounts`,
      unit: "MiB",
      timings: peaks.map(({ name, mebibytes }) => ({
        name,
        bestNs: mebibytes,
        medianNs: mebibytes,
        spread: 0,
      })),
      ratios: [growth(`reconcile, ${times}`, 0), growth(`verify, ${times}`, 1)],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws {Error} the command did not end with 0: the history does not agree, or the folder does not hold. */
function peakOf(args: readonly string[]): number {
  const script = fileURLToPath(new URL("./command-of.js", import.meta.url));
  return Number(execFileSync(process.execPath, [script, ...args], { encoding: "utf8" })) / 1024;
}
