import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { JournalKey } from "@shortfall/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectPostgres,
  MarketRuns,
  openQueue,
  PostgresStore,
  RangePlan,
  type SqlConnection,
  verifyJournal,
} from "../../src/index.js";
import { goldenJournal } from "../golden.js";
import { type PostgresServer, postgresBinaries, startPostgres } from "../postgres-server.js";
import { openComet, rangesOf } from "./comet-replay.js";
import { MARKETS } from "./markets.js";

const LINES = 30;
const binaries = postgresBinaries();

describe.skipIf(binaries === undefined)("ranges on PostgreSQL", () => {
  let server: PostgresServer;
  let connection: SqlConnection;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    server = await startPostgres(binaries!);
    connection = await connectPostgres(server.url);
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await connection?.close();
    await server?.stop();
  });

  const count = async (sql: string): Promise<number> => {
    const [row] = await connection.transaction((session) => session.query(sql));
    return Number(row?.n);
  };

  /** Waits for a number to be reached, looking often. */
  async function reaches(sql: string, least: number): Promise<void> {
    const deadline = Date.now() + 60_000;
    while ((await count(sql)) < least) {
      if (Date.now() > deadline) throw new Error(`${sql} stays below ${least}.`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** A worker's first line is its name. */
  function startWorkerProcess(): { readonly child: ChildProcess; readonly id: Promise<string> } {
    const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
    const flags = ["--conditions=@shortfall/source", "--import", "tsx", script, server.url];
    const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    const id = new Promise<string>((resolve) => {
      child.stdout.once("data", (text: Buffer) => resolve(text.toString("utf8").trim()));
    });
    return { child, id };
  }

  it("eight markets, two workers, one killed half-way: the same digests, each range applied once", async () => {
    const store = await PostgresStore.on(await connectPostgres(server.url));
    const plan = await RangePlan.on(connection);
    const queue = await openQueue(server.url);
    let planned = 0;
    for (const { key, source } of MARKETS) {
      const ranges = await plan.add(key, source, rangesOf(source, LINES));
      planned += ranges.length;
      await queue.add(key, ranges);
    }
    const applied = "SELECT count(*) AS n FROM shortfall.applied_ranges";
    const victim = startWorkerProcess();
    const survivor = startWorkerProcess();
    await reaches("SELECT count(DISTINCT worker) AS n FROM shortfall.applied_ranges", 2);
    await reaches(applied, Math.floor(planned / 2));
    // Killed while it holds a job, so that there is something to take over.
    const id = await victim.id;
    await reaches(`SELECT count(*) AS n FROM graphile_worker.jobs WHERE locked_by = '${id}'`, 1);
    victim.child.kill("SIGKILL");
    await reaches(applied, planned);

    for (const { key, source } of MARKETS) {
      const expected = goldenJournal(source);
      const stored = await store.view(key);
      expect([stored?.length, await stored?.digest()]).toEqual([expected.length, expected.digest()]);
      const ranges = await plan.ranges(key);
      expect(ranges.map((range) => range.applied !== undefined)).not.toContain(false);
      expect(ranges.at(-1)?.applied?.digest).toBe(expected.digest());
    }
    expect(await count(applied)).toBe(planned);
    expect(
      await count("SELECT count(DISTINCT (market, from_block)) AS n FROM shortfall.applied_ranges"),
    ).toBe(planned);
    expect(await count("SELECT count(DISTINCT worker) AS n FROM shortfall.applied_ranges")).toBe(2);
    const one = await store.view(MARKETS[1]!.key);
    expect((await verifyJournal(one!)).ok).toBe(true);

    survivor.child.kill("SIGTERM");
    expect(await new Promise((resolve) => survivor.child.once("exit", resolve))).toBe(0);
    expect(await queue.failing()).toEqual([]);
    await queue.close();
    await store.close();
  }, 120_000);

  it("applies nothing twice, goes on from another's ranges, and refuses a history that changed", async () => {
    const store = await PostgresStore.on(await connectPostgres(server.url), { schema: "again" });
    const plan = await RangePlan.on(connection, "again");
    const { source } = MARKETS[3]!;
    const key: JournalKey = { chain: "recorded", market: "again" };
    const ranges = rangesOf(source, 60);
    await plan.add(key, source, ranges);
    expect(await plan.add(key, source, ranges)).toEqual([]);
    const worker = (name: string, open = openComet) => new MarketRuns({ store, plan, open, worker: name });

    const a = worker("a");
    expect(await a.apply(key, ranges[1]!.fromBlock)).toBe(2);
    expect(await a.apply(key, ranges[1]!.fromBlock)).toBe(0);
    expect(await worker("b").apply(key, ranges[2]!.fromBlock)).toBe(1);
    // What "a" kept is behind the journal by now.
    expect(await a.apply(key, ranges[3]!.fromBlock)).toBe(1);
    const by = (await plan.ranges(key)).map((range) => range.applied?.worker);
    expect(by.slice(0, 5)).toEqual(["a", "a", "b", "a", undefined]);

    const other = worker("c", async (its) => openComet(its, MARKETS[1]!.source));
    await expect(other.apply(key, ranges.at(-1)!.fromBlock)).rejects.toMatchObject({
      code: expect.stringMatching(/SF_RANGE_MISMATCH|SF_STORE_HEADER/),
    });
    expect(await worker("d").apply(key, ranges.at(-1)!.fromBlock)).toBe(ranges.length - 4);
    expect(await (await store.view(key))?.digest()).toBe(goldenJournal(source).digest());
    await store.close();
  }, 60_000);

  it("two that replay the same range at once: one applies it, the other is told", async () => {
    const plan = await RangePlan.on(connection, "again");
    const { source } = MARKETS[4]!;
    const key: JournalKey = { chain: "recorded", market: "race" };
    const [range] = await plan.add(key, source, rangesOf(source, 1000));
    const stores = await Promise.all(
      [0, 1].map(async () => PostgresStore.on(await connectPostgres(server.url), { schema: "again" })),
    );
    const outcomes = await Promise.allSettled(
      stores.map((store, index) =>
        new MarketRuns({ store, plan, open: openComet, worker: `w${index}` }).apply(key, range!.fromBlock),
      ),
    );
    const lost = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(outcomes.length - lost.length).toBeGreaterThan(0);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: "SF_STORE_CONFLICT" });
    expect((await plan.ranges(key)).filter((each) => each.applied).length).toBe(1);
    expect(await (await stores[0]!.view(key))?.digest()).toBe(goldenJournal(source).digest());
    for (const store of stores) await store.close();
  }, 60_000);

  it("plans only what follows", async () => {
    const plan = await RangePlan.on(connection, "again");
    const key: JournalKey = { chain: "recorded", market: "planned" };
    await plan.add(key, "file", [{ fromBlock: 10, toBlock: 19 }]);
    expect(await plan.add(key, "file", [{ fromBlock: 15, toBlock: 30 }])).toEqual([
      { fromBlock: 20, toBlock: 30 },
    ]);
    await expect(plan.add(key, "file", [{ fromBlock: 32, toBlock: 40 }])).rejects.toThrow(
      "expected one that begins at block 31",
    );
    await expect(plan.add(key, "other", [{ fromBlock: 31, toBlock: 40 }])).rejects.toMatchObject({
      code: "SF_RANGE_PLAN",
    });
  });
});
