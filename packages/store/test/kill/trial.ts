import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canonicalJson, type Journal, type JournalHeader } from "@shortfall/core";
import { conformanceJournal } from "@shortfall/testing";
import { journalFolder } from "../../src/files/folder.js";
import { digestAt, FileStore, HashChain, verifyJournal } from "../../src/index.js";
import { Dice } from "./dice.js";
import { KEY } from "./key.js";

/** What a series of kills left. */
export interface KillReport {
  readonly kills: number;
  /** Kills that left an unfinished batch. */
  readonly torn: number;
  /** Kills after which more was stored than was acknowledged. */
  readonly unacknowledged: number;
  readonly entries: number;
  readonly digest: string;
  /** Digest of the same journal in memory. */
  readonly expected: string;
}

const WRITER = fileURLToPath(new URL("./writer.ts", import.meta.url));
/** Entries that a writer may append before it is killed; mostly it is killed long before. */
const ROOM = 12_000;
/** Entries of the last writer, and for each kill on average. */
const FINISH = 2500;

/**
 * Kills a writer again and again, at moments that the seed picks, each time in the same folder; checks after each
 * kill that what was acknowledged is there, once, in order; lets the last writer finish.
 */
export async function killWriters(root: string, kills: number, seed: number): Promise<KillReport> {
  const dice = new Dice(seed);
  const mirror = new MemoryDigests(conformanceJournal(ROOM + kills * FINISH));
  let writer = start(root, dice.below(2 ** 31));
  let [torn, unacknowledged, length] = [0, 0, 0];
  for (let k = 0; k < kills; k++) {
    const next = k + 1 < kills ? start(root, dice.below(2 ** 31)) : undefined;
    const acknowledged = await runAndKill(root, writer, dice, length);
    const found = await check(root, acknowledged, mirror);
    if (found.cutBytes > 0) torn++;
    if (found.length > acknowledged) unacknowledged++;
    length = found.length;
    if (next) writer = next;
  }
  const end = length + FINISH;
  const last = start(root, dice.below(2 ** 31));
  const done = (await last.finish(end)).find((line) => line.startsWith("done "));
  const journal = await new FileStore(root).view(KEY);
  if (!journal || journal.length !== end) throw new Error(`The last writer stopped at ${journal?.length}.`);
  const proof = await verifyJournal(journal);
  if (!proof.ok) throw new Error(proof.ranges.flatMap((range) => range.failures).join("\n"));
  if (done !== `done ${proof.digest}`) throw new Error(`The last writer said ${done}.`);
  return { kills, torn, unacknowledged, entries: end, digest: proof.digest, expected: mirror.at(end) };
}

/** Opens the journal as the next writer would; checks it against the journal in memory. */
async function check(root: string, acknowledged: number, mirror: MemoryDigests) {
  const store = new FileStore(root);
  const journal = await store.open(KEY, mirror.header);
  try {
    const { length, cutBytes } = journal;
    if (length < acknowledged) throw new Error(`Of ${acknowledged} acknowledged entries ${length} are left.`);
    const digest = await journal.digest();
    if (digest !== mirror.at(length)) throw new Error(`After ${length} entries the digest is ${digest}.`);
    const counted: number[] = [];
    for await (const entry of journal.read(Math.max(0, acknowledged - 50))) counted.push(entry.sequence);
    if (new Set(counted).size !== counted.length) throw new Error("An entry is there twice.");
    for (const mark of await journal.snapshots()) {
      if (mark.digest !== mirror.at(mark.sequence))
        throw new Error(`The snapshot at ${mark.sequence} is wrong.`);
    }
    if ((await digestAt(journal, acknowledged)) !== mirror.at(acknowledged)) {
      throw new Error(`The first ${acknowledged} entries are not those that were acknowledged.`);
    }
    return { length, cutBytes };
  } finally {
    await store.close();
  }
}

/** Digests of the uninterrupted journal at every length. */
class MemoryDigests {
  readonly header: JournalHeader;
  readonly #at: string[];

  constructor(journal: Journal) {
    this.header = journal.header;
    const chain = new HashChain(journal.header);
    this.#at = [chain.digest()];
    for (const entry of journal.entries()) {
      chain.add(canonicalJson(entry));
      this.#at.push(chain.digest());
    }
    if (this.#at.at(-1) !== journal.digest()) throw new Error("The chain differs from the journal's.");
  }

  at(length: number): string {
    const digest = this.#at[length];
    if (digest === undefined) throw new Error(`There are no ${length} entries.`);
    return digest;
  }
}

/** Lets the writer go on until a moment that the dice pick, kills it, and returns what it had acknowledged. */
async function runAndKill(root: string, writer: Writer, dice: Dice, length: number): Promise<number> {
  await writer.go(length + ROOM);
  // Either so many answers and a little later, or some time after the start, opening included.
  const answers = dice.below(8) === 0 ? 0 : 1 + dice.below(12);
  await writer.heard(answers);
  // A kill within a write is rare by chance: one in three waits for the middle of a large batch.
  if (dice.below(3) === 0) await growth(root);
  else await pause(dice.below(answers === 0 ? 40_000 : 4000) / 1000);
  const lines = await writer.kill();
  const stored = lines.filter((line) => line.startsWith("stored ")).map((line) => Number(line.slice(7)));
  return Math.max(length, ...stored);
}

const BATCH_PIECE = 1 << 16;
const PATIENCE = 3000;

/** Waits until a segment has grown by a piece of a batch that is larger than that. */
async function growth(root: string): Promise<void> {
  const folder = journalFolder(root, KEY.chain, KEY.market);
  const deadline = Date.now() + PATIENCE;
  for (let before = bytesIn(folder); Date.now() < deadline; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = bytesIn(folder);
    if (now - before >= BATCH_PIECE) return;
    before = now;
  }
}

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const last = readdirSync(folder)
    .filter((name) => name.endsWith(".segment"))
    .sort()
    .at(-1);
  return last === undefined ? 0 : statSync(join(folder, last)).size;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** A writer in a process of its own. */
class Writer {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #lines: string[] = [];
  #rest = "";
  #wake: () => void = () => undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      this.#lines.push(...lines);
      this.#wake();
    });
    child.once("close", () => this.#wake());
  }

  async go(end: number): Promise<void> {
    await this.#until(() => this.#lines.length > 0);
    this.#child.stdin?.write(`${end}\n`);
  }

  /** Waits for that many acknowledgements. */
  async heard(answers: number): Promise<void> {
    await this.#until(() => this.#lines.filter((line) => line.startsWith("stored ")).length >= answers);
  }

  async kill(): Promise<readonly string[]> {
    this.#child.kill("SIGKILL");
    await this.#ended;
    return this.#lines;
  }

  async finish(end: number): Promise<readonly string[]> {
    await this.go(end);
    const code = await this.#ended;
    if (code !== 0) throw new Error(`The last writer ended with ${code}: ${this.#lines.at(-1)}`);
    return this.#lines;
  }

  async #until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      if (this.#child.exitCode !== null)
        throw new Error(`A writer ended with ${this.#child.exitCode} by itself.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function start(root: string, seed: number): Writer {
  const flags = ["--conditions=@shortfall/source", "--import", "tsx"];
  const child = spawn(process.execPath, [...flags, WRITER, root, `${seed}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return new Writer(child);
}
