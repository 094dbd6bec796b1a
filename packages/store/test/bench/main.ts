// pnpm -C packages/store bench [entries]: how fast each store appends and reads, next to the journal in memory.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Journal, type JournalEntry, type JournalKey, type JournalStore } from "@shortfall/core";
import { connectPglite, connectPostgres, FileStore, PostgresStore, verifyJournal } from "../../src/index.js";
import { postgresBinaries, startPostgres } from "../postgres-server.js";

const KEY: JournalKey = { chain: "eip155:1", market: "bench" };
const count = Number(process.argv[2] ?? 50_000);
const BATCH = 10_000;
const ROUNDS = 5;

const draft = (k: number) => {
  const amount = BigInt(k) * 1_000_000_007n ** 2n + 1n;
  return {
    kind: "supply",
    position: {
      block: 19_000_000 + k,
      timestamp: 1_700_000_000 + k,
      transaction: `0x${k.toString(16).padStart(64, "0")}`,
      logIndex: k % 300,
    },
    account: `0x${(k % 1000).toString(16).padStart(40, "0")}`,
    postings: [
      { pool: "usdc", account: "Assets:Cash", commodity: "usdc", amount },
      { pool: "usdc", account: "Liabilities:Suppliers:main", commodity: "usdc", amount: -amount },
    ],
  };
};

const drafts = Array.from({ length: count }, (_, k) => draft(k));
const header = { model: "bench", waterfalls: [] };
const append = (): Journal => {
  const journal = new Journal(header);
  for (const entry of drafts) journal.append(entry);
  return journal;
};

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};
// The best round is the one that other work on the machine disturbed least.
const best = (values: readonly number[]): number => Math.min(...values);

const root = await mkdtemp(join(tmpdir(), "shortfall-bench-"));
const binaries = postgresBinaries();
const server = binaries === undefined ? undefined : await startPostgres(binaries);
const database = await PGlite.create(join(root, "pglite"));
const makers = new Map<string, (round: number) => Promise<JournalStore>>([
  ["files", async (round) => new FileStore(join(root, `files-${round}`))],
  ["PGlite", (round) => PostgresStore.on(connectPglite(database), { schema: `round${round}` })],
]);
if (server) {
  const { url } = server;
  makers.set("PostgreSQL", async (round) =>
    PostgresStore.on(await connectPostgres(url), { schema: `round${round}` }),
  );
}
try {
  const journal = append();
  const times = new Map<string, number[]>();
  const note = (name: string, value: number): void => {
    times.set(name, [...(times.get(name) ?? []), value]);
  };
  for (let round = 0; round < ROUNDS; round++) {
    note("memory append", await seconds(async () => append()));
    for (const [name, make] of makers) await measure(name, await make(round), journal.entries(), note);
  }
  const base = best(times.get("memory append")!);
  process.stdout.write(`${count} entries of two postings, batches of ${BATCH}, best of ${ROUNDS} rounds\n`);
  for (const [name, values] of times) {
    const value = best(values);
    const spread = (Math.max(...values) - Math.min(...values)) / value;
    process.stdout.write(
      `${name.padEnd(22)} ${Math.round(count / value)} entries/s, ${(base / value).toFixed(2)} of memory append, spread ${Math.round(spread * 100)} %\n`,
    );
  }
} finally {
  await database.close();
  await server?.stop();
  await rm(root, { recursive: true, force: true });
}

async function measure(
  name: string,
  store: JournalStore,
  entries: readonly JournalEntry[],
  note: (name: string, value: number) => void,
): Promise<void> {
  const stored = await store.open(KEY, header);
  note(
    `${name} append`,
    await seconds(async () => {
      for (let at = 0; at < entries.length; at += BATCH) await stored.append(entries.slice(at, at + BATCH));
    }),
  );
  note(
    `${name} read`,
    await seconds(async () => {
      let sum = 0n;
      for await (const entry of stored.read()) sum += entry.postings[0]!.amount;
      return sum;
    }),
  );
  note(
    `${name} verify`,
    await seconds(async () => {
      const proof = await verifyJournal(stored);
      if (!proof.ok) throw new Error(`${name} does not hold what was appended`);
    }),
  );
  await store.close();
}
