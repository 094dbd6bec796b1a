// pnpm kill-test [kills] [seed]: kills a writer of files again and again. 50 times with seed 1 unless said otherwise.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killWriters } from "./trial.js";

const [kills = "50", seed = "1"] = process.argv.slice(2);
const root = await mkdtemp(join(tmpdir(), "shortfall-kill-"));
try {
  const report = await killWriters(root, Number(kills), Number(seed));
  process.stdout.write(
    `${report.kills} kills, seed ${seed}: ${report.torn} unfinished batches cut off, ${report.unacknowledged} times more stored than acknowledged; nothing lost, nothing doubled.\n` +
      `${report.entries} entries, digest ${report.digest}\nuninterrupted         ${report.expected}\n`,
  );
  if (report.digest !== report.expected) process.exitCode = 1;
} finally {
  await rm(root, { recursive: true, force: true });
}
