// pnpm kill-test [kills] [seed]: kills a watch on a growing file again and again. 50 times with seed 1 unless said otherwise.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killWatches } from "./kill-trial.js";
import { recorded } from "./recorded.js";

const [kills = "50", seed = "1"] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "shortfall-watch-kill-"));
let state = Number(seed);
const dice = (limit: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state % limit;
};
try {
  const trial = await killWatches(
    folder,
    recorded("venus-isolated/02-crash-cascade.jsonl.gz"),
    Number(kills),
    dice,
  );
  const same = trial.printed.join("\n") === trial.kept.join("\n");
  process.stdout.write(
    `${trial.kills} kills, seed ${seed}: ${trial.kept.length} events kept once each, ${trial.doubled} printed again, ${trial.torn} torn; ` +
      `${same ? "nothing lost, nothing else doubled" : "printed and kept differ"}.\n`,
  );
  if (!same) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
