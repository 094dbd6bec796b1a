import { randomBytes } from "node:crypto";
import { connectPostgres } from "../sql/pg-connection.js";
import { PostgresStore, type PostgresStoreOptions } from "../sql/postgres-store.js";
import { Heartbeat } from "./heartbeat.js";
import { MarketRuns } from "./market-runs.js";
import { openQueue, queueDriver, quietLogger, REPLAY_TASK, type ReplayJob } from "./queue.js";
import { RangePlan } from "./range-plan.js";
import type { OpenReplay } from "./replay.js";

export interface WorkerOptions extends Partial<PostgresStoreOptions> {
  /** Connection string of the books. */
  readonly database: string;
  /** Connection string of the queue, which wants PostgreSQL itself; `database` where absent. */
  readonly queue?: string;
  readonly open: OpenReplay;
  /** Seconds without a sign of life after which another worker's jobs are taken over. 60 where absent. */
  readonly silence?: number;
  /** After every job. */
  readonly onJob?: (job: ReplayJob, result: JobResult) => void;
}

/** How a job ended. */
export type JobResult = { readonly applied: number } | { readonly error: unknown };

/** A running worker. */
export interface JobWorker {
  readonly id: string;
  /** Finishes the job under way, then lets go of everything. */
  stop(): Promise<void>;
  /** Rejects if the worker cannot go on. */
  readonly done: Promise<void>;
}

/**
 * Replays ranges from the queue, one at a time, until it is stopped. Run as many as there are processors, on as many
 * machines: a market's ranges never overlap, and a worker that is killed leaves no range half applied; its job is taken
 * over after `silence` seconds.
 *
 * @throws {DriverMissingError} `pg` or `graphile-worker` is not installed.
 */
export async function startWorker(options: WorkerOptions): Promise<JobWorker> {
  const { database, queue: queueUrl = database, open, silence = 60, onJob, ...storeOptions } = options;
  const { run } = await queueDriver();
  const id = `worker-${randomBytes(9).toString("hex")}`;
  const store = await PostgresStore.on(await connectPostgres(database), storeOptions);
  const connection = await connectPostgres(database);
  const plan = await RangePlan.on(connection, storeOptions.schema);
  const runs = new MarketRuns({ store, plan, open, worker: id });
  const heartbeat = new Heartbeat(connection, plan.tables, id);
  const queue = await openQueue(queueUrl);
  await heartbeat.beat();
  // Typed for pools, where each worker makes up a name; a single one may be told its own.
  const named: object = { workerId: id };
  const runner = await run({
    connectionString: queueUrl,
    concurrency: 1,
    noHandleSignals: true,
    pollInterval: 1000,
    logger: await quietLogger(),
    ...named,
    taskList: {
      [REPLAY_TASK]: async (payload) => {
        const job = payload as ReplayJob;
        try {
          const applied = await runs.apply({ chain: job.chain, market: job.market }, job.fromBlock);
          onJob?.(job, { applied });
        } catch (error) {
          onJob?.(job, { error });
          throw error;
        }
      },
    },
  });
  let stopping: Promise<void> | undefined;
  const stopRunner = (): Promise<void> => {
    stopping ??= runner.stop();
    return stopping;
  };
  let failure: unknown;
  const look = setInterval(
    () => {
      lookAround(heartbeat, queue.release, silence).catch((error: unknown) => {
        failure ??= error;
        void stopRunner();
      });
    },
    Math.max(200, (silence * 1000) / 4),
  );
  const done = runner.promise.finally(() => clearInterval(look));
  const ended = done.then(() => {
    if (failure !== undefined) throw failure;
  });
  // Whoever only stops a worker need not look at how it ended.
  ended.catch(() => undefined);
  return {
    id,
    done: ended,
    async stop() {
      clearInterval(look);
      await stopRunner();
      await runs.close();
      await heartbeat.end();
      await queue.close();
      await connection.close();
      await store.close();
    },
  };
}

/** Says that it lives, and frees the jobs of those who no longer do. */
async function lookAround(
  heartbeat: Heartbeat,
  release: (workers: readonly string[]) => Promise<void>,
  silence: number,
): Promise<void> {
  await heartbeat.beat();
  const gone = await heartbeat.silent(silence);
  if (gone.length === 0) return;
  await release(gone);
  await heartbeat.forget(gone);
}
