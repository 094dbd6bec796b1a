import { resolve } from "node:path";
import { describeJournal, isShortfallError } from "@shortfall/core";
import { expandPaths } from "@shortfall/sources";
import {
  connectPostgres,
  openQueue,
  type PlannedRange,
  PostgresStore,
  RangePlan,
  type ReplayQueue,
  type SqlConnection,
  startWorker,
} from "@shortfall/store";
import type { Command } from "commander";
import { openMarketReplay, planMarket } from "../market-replay.js";
import type { Session } from "../session.js";

interface DatabaseOptions {
  readonly database: string;
  readonly queue?: string;
  readonly schema: string;
  readonly partitions: boolean;
}

interface AddOptions extends DatabaseOptions {
  readonly blocks: string;
}

interface WorkerCommandOptions extends DatabaseOptions {
  readonly drain?: boolean;
  readonly silence: string;
}

/** `jobs add` and `jobs status`. */
export function addJobs(program: Command, session: Session): void {
  const jobs = program
    .command("jobs")
    .summary("plan the replay of many markets on PostgreSQL")
    .description(
      "Cuts histories into ranges of blocks, each a job that any `shortfall worker` may take: ranges of a market\n" +
        "one after the other, markets side by side, each range applied once.",
    );
  withDatabase(jobs.command("add"))
    .summary("plan what is not planned yet")
    .description("Plans the ranges of histories that are not planned yet, a market a file, and queues them.")
    .argument("<files...>", "histories, or folders of them, where every worker can read them")
    .option("--blocks <number>", "most blocks a range", "10000")
    .exitOverride()
    .action((paths: string[], options: AddOptions) => addRanges(paths, options, session));
  withDatabase(jobs.command("status"))
    .summary("ranges applied and waiting, and what failed")
    .description("Ranges applied and waiting of each market, the digest so far, and jobs that failed.")
    .exitOverride()
    .action((options: DatabaseOptions) => showStatus(options, session));
}

export function addWorker(program: Command, session: Session): void {
  withDatabase(program.command("worker"))
    .summary("replay ranges from the queue until it is stopped")
    .description(
      "Replays ranges that `shortfall jobs add` planned, until it is stopped (Ctrl-C finishes the range under way).\n" +
        "Run any number, on any machines that reach the database and the files.",
    )
    .option("--drain", "end once every planned range is applied or given up")
    .option("--silence <seconds>", "take over from workers not heard of for so long", "60")
    .addHelpText("after", "\nExit code: 0 it ended in good order · 1 a range was given up · 2 it cannot work")
    .action((options: WorkerCommandOptions) => work(options, session));
}

const withDatabase = (command: Command): Command =>
  command
    .requiredOption("--database <url>", "PostgreSQL that keeps the books: postgres://…")
    .option("--queue <url>", "PostgreSQL that keeps the queue, where that is another one")
    .option("--schema <name>", "schema of the books' tables", "shortfall")
    .option("--no-partitions", "make tables without a partition a market");

async function addRanges(paths: readonly string[], options: AddOptions, session: Session): Promise<void> {
  const blocks = wholeNumber("--blocks", options.blocks, session);
  const inputs = await expandPaths(paths);
  const markets: { market: string; source: string; added: number }[] = [];
  await withPlan(options, session, async (plan, queue) => {
    for (const { path } of inputs) {
      const source = resolve(path);
      const { key, ranges, header } = await planMarket(source, blocks);
      const { adapter } = session.adapters.for(header);
      const added = await plan.add(key, source, ranges);
      // Again for those that wait, in case a worker gave them up or this was interrupted.
      await queue.add(
        key,
        (await plan.ranges(key)).filter((range) => range.applied === undefined),
      );
      markets.push({ market: describeJournal(key), source, added: added.length });
      session.output.line(`${describeJournal(key)}  ${adapter.title}  ${added.length} new ranges`);
    }
  });
  session.output.document({ markets });
}

async function showStatus(options: DatabaseOptions, session: Session): Promise<void> {
  await withPlan(options, session, async (plan, queue) => {
    const markets = [];
    for (const key of await plan.markets())
      markets.push(summary(describeJournal(key), await plan.ranges(key)));
    const failing = await queue.failing();
    session.output.document({ markets, failing });
    session.output.table(
      [
        ["market", "ranges", "applied", "entries", "digest"],
        ...markets.map((row) => [
          row.market,
          `${row.ranges}`,
          `${row.applied}`,
          `${row.length}`,
          row.digest.slice(0, 16),
        ]),
      ],
      ["left", "right", "right", "right", "left"],
    );
    for (const job of failing) {
      session.output.error(`${job.key}, try ${job.attempts}${job.givenUp ? ", given up" : ""}: ${job.error}`);
    }
    const done = markets.every((row) => row.applied === row.ranges) && failing.length === 0;
    session.exitCode = done ? 0 : 1;
  });
}

function summary(market: string, ranges: readonly PlannedRange[]) {
  const last = ranges.filter((range) => range.applied !== undefined).at(-1);
  return {
    market,
    ranges: ranges.length,
    applied: ranges.filter((range) => range.applied !== undefined).length,
    toBlock: last?.toBlock ?? null,
    length: last?.applied?.length ?? 0,
    digest: last?.applied?.digest ?? "",
    snapshot: last?.applied?.snapshot ?? "",
  };
}

async function work(options: WorkerCommandOptions, session: Session): Promise<void> {
  const silence = wholeNumber("--silence", options.silence, session);
  const stop = session.stopSignal();
  await (await connect(options.database, session)).close();
  let [applied, failed] = [0, 0];
  const worker = await startWorker({
    ...storeOptions(options),
    database: options.database,
    ...(options.queue === undefined ? {} : { queue: options.queue }),
    silence,
    open: (_key, source) => openMarketReplay(source, session.adapters),
    onJob: ({ chain, market, fromBlock }, result) => {
      const what = `${describeJournal({ chain, market })} from block ${fromBlock}`;
      if ("error" in result) {
        failed++;
        session.output.warn(
          `${what}: ${result.error instanceof Error ? result.error.message : result.error}`,
        );
      } else {
        applied += result.applied;
        session.output.line(`${what}  ${result.applied} applied`);
      }
    },
  });
  session.output.line(`${worker.id} waits for jobs`);
  const drained = options.drain ? drain(options, stop, session) : undefined;
  try {
    const reasons = [worker.done.then(() => undefined), whenAborted(stop), ...(drained ? [drained] : [])];
    const givenUp = await Promise.race(reasons);
    session.exitCode = givenUp === undefined || givenUp === 0 ? 0 : 1;
  } finally {
    await worker.stop();
  }
  session.output.document({ worker: worker.id, applied, failed });
}

/** Waits until nothing is left to do; returns the number of ranges given up. */
async function drain(options: DatabaseOptions, stop: AbortSignal, session: Session): Promise<number> {
  return withPlan(options, session, async (plan, queue) => {
    for (;;) {
      if (stop.aborted) return 0;
      const waiting: string[] = [];
      for (const key of await plan.markets()) {
        for (const range of await plan.ranges(key)) {
          if (range.applied === undefined) waiting.push(`${describeJournal(key)}/${range.fromBlock}`);
        }
      }
      const givenUp = new Set((await queue.failing()).filter((job) => job.givenUp).map((job) => job.key));
      if (waiting.every((key) => givenUp.has(key))) return waiting.length;
      await new Promise((wake) => setTimeout(wake, 500));
    }
  });
}

const whenAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((wake) => {
    if (signal.aborted) wake(undefined);
    signal.addEventListener("abort", () => wake(undefined), { once: true });
  });

/** @throws {UsageError} the database cannot be reached. */
async function connect(url: string, session: Session): Promise<SqlConnection> {
  try {
    return await connectPostgres(url);
  } catch (error) {
    if (isShortfallError(error)) throw error;
    // Without the address: it may hold a password.
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return session.usage(`The database cannot be reached (${reason}). Check --database.`);
  }
}

const storeOptions = ({ schema, partitions }: DatabaseOptions) => ({ schema, partitions });

/** The plan and the queue, for as long as `use` takes. */
async function withPlan<T>(
  options: DatabaseOptions,
  session: Session,
  use: (plan: RangePlan, queue: ReplayQueue) => Promise<T>,
): Promise<T> {
  const { database, queue: queueUrl = database, schema } = options;
  const store = await PostgresStore.on(await connect(database, session), storeOptions(options));
  const connection = await connect(database, session);
  try {
    const queue = await openQueue(queueUrl);
    try {
      return await use(await RangePlan.on(connection, schema), queue);
    } finally {
      await queue.close();
    }
  } finally {
    await connection.close();
    await store.close();
  }
}

function wholeNumber(option: string, text: string, session: Session): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  return session.usage(`${option} is a whole number from 1, not "${text}".`);
}
