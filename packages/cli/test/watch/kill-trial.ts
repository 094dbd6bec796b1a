import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, closeSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a series of kills left. */
export interface WatchKills {
  readonly kills: number;
  /** Lines printed again because the watch was killed before it could note that they were out. */
  readonly doubled: number;
  /** Kills within a line: its beginning was out. */
  readonly torn: number;
  /** Everything printed, each sequence once; differing lines of one sequence are an error. */
  readonly printed: readonly string[];
  /** What `events.jsonl` holds. */
  readonly kept: readonly string[];
}

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/**
 * Grows a file line by line, torn anywhere, while a watch on it is killed again and again at moments that `dice` picks;
 * then lets the last one read to the end.
 */
export async function killWatches(
  folder: string,
  lines: readonly string[],
  kills: number,
  dice: (limit: number) => number,
): Promise<WatchKills> {
  const history = join(folder, "history.jsonl");
  const [header, ...rest] = lines;
  writeFileSync(history, `${header}\n`);
  const bytes = Buffer.from(rest.map((line) => `${line}\n`).join(""));
  const printed: string[] = [];
  let [doubled, torn, written] = [0, 0, 0];
  for (let round = 0; round <= kills; round++) {
    const last = round === kills;
    const out = join(folder, `out-${round}`);
    const child = start(history, join(folder, "state"), out, last);
    if (last) {
      await ended(child);
      if (child.exitCode !== 0) throw new Error(`The last watch ended with ${child.exitCode}.`);
    } else {
      // Grown while it starts and reads, so that it is killed in the midst of something.
      const end = Math.floor((bytes.length * (round + 1)) / kills);
      const moment = Date.now() + 500 + dice(1300);
      // One in two waits for a word of it, to kill it between that and the note that the word is out.
      const heard = dice(2) === 0 ? 1 : Number.POSITIVE_INFINITY;
      const patience = heard === 1 ? 5000 : 0;
      while (Date.now() < moment + patience && statSync(out).size < heard) {
        const piece = Math.min(1 + dice(20_000), end - written);
        appendFileSync(history, bytes.subarray(written, written + Math.max(0, piece)));
        written += Math.max(0, piece);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      child.kill("SIGKILL");
      await ended(child);
      appendFileSync(history, bytes.subarray(written, end));
      written = end;
    }
    const text = readFileSync(out, "utf8");
    const whole = text.split("\n");
    if (whole.pop() !== "") torn++;
    for (const line of whole) {
      const event = JSON.parse(line) as { sequence?: number };
      if (event.sequence === undefined) continue;
      const before = printed[event.sequence];
      if (before === undefined) printed[event.sequence] = line;
      else if (before === line) doubled++;
      else throw new Error(`Event ${event.sequence} was printed as\n${before}\nand as\n${line}`);
    }
  }
  const kept = readFileSync(join(folder, "state", "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  return { kills, doubled, torn, printed, kept };
}

function start(history: string, state: string, out: string, last: boolean): ChildProcess {
  const flags = ["--conditions=@shortfall/source", "--import", "tsx", MAIN];
  const command = ["watch", history, "--state", state, "--interval", "0.01", ...(last ? ["--once"] : [])];
  const file = openSync(out, "w");
  const child = spawn(process.execPath, [...flags, ...command], { stdio: ["ignore", file, "inherit"] });
  closeSync(file);
  return child;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
