import { link, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { describeJournal, type JournalKey, StoreLockedError } from "@shortfall/core";
import { isTaken, readIfThere } from "./folder.js";

/** Who holds a lock; `start` tells a process from a later one with its number, where the system says. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly start: string;
}

const FREE = "free";
const NAME = /^writer\.(\d+)$/;
let attempts = 0;

/**
 * The right to write to a folder. Files `writer.<n>` take turns: the highest one counts, and is followed by `n + 1`
 * when its holder let go or died, so two that see the same dead holder cannot both succeed.
 */
export class WriterLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws {StoreLockedError} a living process holds it, or one on another machine. */
  static async take(folder: string, key: JournalKey): Promise<WriterLock> {
    const own: Holder = { host: hostname(), pid: process.pid, start: await startOf(process.pid) };
    const highest = (await turns(folder)).at(-1);
    if (highest !== undefined) await requireFree(join(folder, `writer.${highest}`), own.host, key);
    const turn = (highest ?? 0) + 1;
    const path = join(folder, `writer.${turn}`);
    const draft = join(folder, `claim.${own.pid}.${attempts++}`);
    await writeFile(draft, JSON.stringify(own));
    try {
      // Unlike a write, a link appears with its content or not at all.
      await link(draft, path);
    } catch (error) {
      if (isTaken(error)) throw new StoreLockedError(describeJournal(key), "another process that was faster");
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
    const now = await turns(folder);
    if (now.at(-1) !== turn) {
      await rm(path, { force: true });
      throw new StoreLockedError(describeJournal(key), "another process that was faster");
    }
    for (const earlier of now) {
      if (earlier !== turn) await rm(join(folder, `writer.${earlier}`), { force: true });
    }
    return new WriterLock(path);
  }

  async release(): Promise<void> {
    // The file stays, so that the next turn has a higher number.
    await writeFile(this.#path, FREE);
  }
}

async function turns(folder: string): Promise<number[]> {
  const found = (await readdir(folder))
    .map((name) => NAME.exec(name)?.[1])
    .filter((turn) => turn !== undefined);
  return found.map(Number).sort((a, b) => a - b);
}

async function requireFree(path: string, host: string, key: JournalKey): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined || text === FREE) return;
  const holder = readHolder(text);
  if (!holder) return;
  if (holder.host === host && !(await isAlive(holder))) return;
  throw new StoreLockedError(describeJournal(key), `process ${holder.pid} on ${holder.host} (${path})`);
}

/** Undefined for a file that a crash of the machine left empty or cut off. */
function readHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return (await startOf(holder.pid)) === holder.start;
}

/** Start of a process in ticks since the machine's, empty where the system does not say. */
async function startOf(pid: number): Promise<string> {
  if (process.platform !== "linux") return "";
  const stat = await readIfThere(`/proc/${pid}/stat`);
  // The second field is a name in brackets that may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A process that ended and was not waited for yet still has a number.
  return fields?.[0] === "Z" ? "ended" : (fields?.[19] ?? "");
}
