import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Journal, type JournalKey, type JournalStore, type StoredJournal } from "@shortfall/core";
import { conformanceJournal, MemoryStore, type StoreSite, storeConformance } from "@shortfall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectPglite,
  connectPostgres,
  copyJournal,
  copyStore,
  FileStore,
  PostgresStore,
  type SqlConnection,
  verifyJournal,
} from "../src/index.js";
import { goldenJournal } from "./golden.js";
import { type PostgresServer, postgresBinaries, startPostgres } from "./postgres-server.js";

const KEY: JournalKey = { chain: "eip155:1", market: "usdc" };
const binaries = postgresBinaries();
let database: PGlite;
let server: PostgresServer | undefined;
let root: string;
let schemas = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "shortfall-databases-"));
  const starting = binaries === undefined ? undefined : startPostgres(binaries);
  database = await PGlite.create();
  server = await starting;
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

const pglite = async (): Promise<SqlConnection> => connectPglite(database);
const postgres = (): Promise<SqlConnection> => connectPostgres(server?.url ?? "");

/** The same connection as a database has it that does not know COPY. */
async function withoutCopy(connect: () => Promise<SqlConnection>): Promise<SqlConnection> {
  const connection = await connect();
  return {
    transaction: (work) =>
      connection.transaction((session) => work({ query: (text, values) => session.query(text, values) })),
    close: () => connection.close(),
  };
}

/** A schema of its own in the database. */
function siteOn(connect: () => Promise<SqlConnection>): () => Promise<StoreSite> {
  return async () => {
    const schema = `s${schemas++}`;
    return {
      open: async () => PostgresStore.on(await connect(), { schema }),
      destroy: async () => {
        const connection = await connect();
        await connection.transaction((session) => session.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`));
        await connection.close();
      },
    };
  };
}

async function newStore(connect: () => Promise<SqlConnection>): Promise<PostgresStore> {
  return PostgresStore.on(await connect(), { schema: `s${schemas++}` });
}

async function fill(store: JournalStore, journal: Journal): Promise<StoredJournal> {
  const stored = await store.open(KEY, journal.header);
  for (let at = 0; at < journal.length; at += 333) {
    await stored.append(journal.entries(at).slice(0, 333));
    if (at % 999 === 0) await stored.putSnapshot(Uint8Array.of(at % 251));
  }
  return stored;
}

const summary = async (journal: StoredJournal) => ({
  length: journal.length,
  digest: await journal.digest(),
  blocks: await journal.blocks(),
  snapshots: await journal.snapshots(),
});

describe("PGlite", () => {
  storeConformance(it, "pglite", siteOn(pglite));
  storeConformance(
    it,
    "pglite without COPY",
    siteOn(() => withoutCopy(pglite)),
  );

  it("has amounts as numbers that SQL can add up, and a partition a market", async () => {
    const journal = conformanceJournal(500);
    const store = await PostgresStore.on(connectPglite(database), { schema: "sums" });
    await fill(store, journal);
    const { rows } = await database.query<{ account: string; balance: string }>(
      "SELECT account, CAST(sum(amount) AS text) AS balance FROM sums.postings_1 GROUP BY account ORDER BY account",
    );
    const expected = journal.trialBalance().map((row) => [row.account, `${row.balance}`]);
    expect(rows.map((row) => [row.account, row.balance]).sort()).toEqual(expected.sort());
    await store.close();
  });

  it.each([
    [
      "an amount",
      "UPDATE damaged.postings SET amount = amount + 1 WHERE sequence = 701 AND side = 0",
      "off by",
    ],
    [
      "both sides",
      "UPDATE damaged.postings SET amount = amount * 2 WHERE sequence = 701",
      "block 0 has digest",
    ],
    ["a missing entry", "DELETE FROM damaged.entries WHERE sequence = 701", "have no entry"],
    ["a missing posting", "DELETE FROM damaged.postings WHERE sequence = 701", "block 0 has digest"],
    ["a block", "UPDATE damaged.blocks SET digest = 'x' WHERE block_index = 0", ""],
    ["a snapshot", "UPDATE damaged.snapshots SET digest = 'x' WHERE sequence = 333", "the snapshot at 333"],
    ["the tip", "UPDATE damaged.markets SET digest = 'x'", ""],
  ])("is proved, and a change of %s shows", async (_name, damage, expected) => {
    const store = await PostgresStore.on(connectPglite(database), { schema: "damaged" });
    try {
      const stored = await fill(store, conformanceJournal(1500));
      expect(await verifyJournal(stored)).toMatchObject({
        ok: true,
        length: 1500,
        digest: await stored.digest(),
      });
      await database.exec(damage);
      const failures = await store.view(KEY).then(
        async (view) => (await verifyJournal(view!)).ranges.flatMap((range) => range.failures),
        (error: unknown) => [String(error)],
      );
      expect(failures.length).toBeGreaterThan(0);
      expect(failures.join("\n")).toContain(expected);
    } finally {
      await database.exec("DROP SCHEMA damaged CASCADE");
    }
  });

  it("refuses a schema name that is more than a name", async () => {
    for (const schema of ["", "a b", "a;drop", "A", "1a", "x".repeat(41)]) {
      await expect(PostgresStore.on(connectPglite(database), { schema })).rejects.toMatchObject({
        code: "SF_SCHEMA_NAME",
      });
    }
  });
});

describe("one history in every store", () => {
  it("of a golden trace: memory, files and PGlite agree, and migrate to each other", async () => {
    const golden = goldenJournal("02-crash-cascade.jsonl.gz");
    expect(golden.length).toBeGreaterThan(200);
    // Three times over, so that there are whole blocks.
    const journal = new Journal(golden.header);
    while (journal.length < 2500) {
      for (const { sequence: _, reverses: __, ...draft } of golden.entries()) journal.append(draft);
    }
    for (const [name, history] of [
      ["golden", golden],
      ["golden repeated", journal],
    ] as const) {
      const memory = await fill(new MemoryStore(), history);
      const expected = await summary(memory);
      expect(expected.digest).toBe(history.digest());
      const files = new FileStore(join(root, name), { segmentBytes: 300_000 });
      expect(await summary(await fill(files, history))).toEqual(expected);
      const first = await newStore(pglite);
      await copyStore(files, first, { batchEntries: 700 });
      const inPglite = await first.view(KEY);
      expect(await summary(inPglite!)).toEqual(expected);
      const back = new FileStore(join(root, `${name} back`));
      expect(await copyJournal(inPglite!, back)).toEqual({
        length: history.length,
        digest: history.digest(),
      });
      expect(await summary((await back.view(KEY))!)).toEqual(expected);
      await files.close();
      await back.close();
    }
  });

  it("goes on with an interrupted copy and refuses a target that holds something else", async () => {
    const journal = conformanceJournal(1200);
    const source = await fill(new MemoryStore(), journal);
    const target = await newStore(pglite);
    const part = await target.open(KEY, journal.header);
    await part.append(journal.entries().slice(0, 500));
    await part.close();
    expect((await copyJournal(source, target)).digest).toBe(journal.digest());
    expect((await copyJournal(source, target)).length).toBe(1200);
    const other = await newStore(pglite);
    const wrong = await other.open(KEY, journal.header);
    await wrong.append([{ ...journal.entries()[0]!, memo: "another" }]);
    await wrong.close();
    await expect(copyJournal(source, other)).rejects.toMatchObject({
      code: "SF_JOURNAL_MISMATCH",
      length: 1,
    });
  });
});

const named =
  binaries === undefined ? "PostgreSQL (skipped: initdb and postgres are not installed)" : "PostgreSQL";
describe.skipIf(binaries === undefined)(named, () => {
  storeConformance(it, "postgres", siteOn(postgres));

  it("agrees with memory on a golden trace, and migrates to files and back", async () => {
    const golden = goldenJournal("09-long-horizon.jsonl.gz");
    const expected = await summary(await fill(new MemoryStore(), golden));
    const store = await newStore(postgres);
    expect(await summary(await fill(store, golden))).toEqual(expected);
    const files = new FileStore(join(root, "from postgres"));
    await copyStore(store, files);
    const again = await newStore(postgres);
    await copyStore(files, again);
    expect(await summary((await again.view(KEY))!)).toEqual(expected);
    await store.close();
    await again.close();
    await files.close();
  });

  it("lets one of several writers through, again and again", async () => {
    const journal = conformanceJournal(300);
    const schema = `s${schemas++}`;
    const first = await PostgresStore.on(await postgres(), { schema });
    await (await first.open(KEY, journal.header)).close();
    const writers = await Promise.all(
      [1, 2, 3].map(async () => {
        const store = await PostgresStore.on(await postgres(), { schema });
        let refused = 0;
        let written = 0;
        for (;;) {
          const stored = await store.open(KEY, journal.header);
          if (stored.length === 300) break;
          try {
            await stored.append(journal.entries(stored.length).slice(0, 10));
            written++;
          } catch (error) {
            expect(error).toMatchObject({ code: "SF_STORE_CONFLICT" });
            refused++;
          }
          await stored.close();
        }
        await store.close();
        return { refused, written };
      }),
    );
    expect(writers.reduce((sum, writer) => sum + writer.written, 0)).toBe(30);
    expect(await (await first.view(KEY))?.digest()).toBe(journal.digest());
    await first.close();
  });

  it("loses nothing acknowledged when the server is killed, and says what failed", async () => {
    const journal = conformanceJournal(3000);
    const schema = `s${schemas++}`;
    let acknowledged = 0;
    for (const patience of [15, 40]) {
      const store = await PostgresStore.on(await postgres(), { schema });
      const stored = await store.open(KEY, journal.header);
      expect(stored.length).toBeGreaterThanOrEqual(acknowledged);
      const crash = new Promise((resolve) => setTimeout(resolve, patience)).then(() => server?.crash());
      await expect(
        (async () => {
          while (stored.length < 3000) {
            acknowledged = (await stored.append(journal.entries(stored.length).slice(0, 3))).length;
          }
        })(),
      ).rejects.toMatchObject({ code: "SF_STORE_FAILED" });
      await crash;
    }
    const store = await PostgresStore.on(await postgres(), { schema });
    const stored = await store.open(KEY, journal.header);
    expect(stored.length).toBeGreaterThanOrEqual(acknowledged);
    await stored.append(journal.entries(stored.length));
    expect(await stored.digest()).toBe(journal.digest());
    expect((await verifyJournal(stored)).ok).toBe(true);
    await store.close();
  });
});
