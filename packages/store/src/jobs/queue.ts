import type { JournalKey } from "@shortfall/core";
import { DriverMissingError } from "../errors.js";
import type { BlockRange } from "./range-plan.js";

/** Name of the task in the queue. */
export const REPLAY_TASK = "shortfall-replay";

/** Tries of a range before it is given up; the last ones minutes apart. Adding it again tries anew. */
const MOST_ATTEMPTS = 6;

/** What a job in the queue says. */
export interface ReplayJob {
  readonly chain: string;
  readonly market: string;
  readonly fromBlock: number;
}

/** A job that failed and what it failed with. */
export interface FailingJob {
  readonly key: string;
  readonly attempts: number;
  readonly givenUp: boolean;
  readonly error: string;
}

/** The queue for whoever adds jobs or looks after them: a named queue a market, so that its jobs never overlap. */
export interface ReplayQueue {
  /** Adds a job a range; one that is there already is tried anew. */
  add(key: JournalKey, ranges: readonly BlockRange[]): Promise<void>;
  /** Lets go of what workers that are gone had taken. */
  release(workers: readonly string[]): Promise<void>;
  failing(): Promise<readonly FailingJob[]>;
  close(): Promise<void>;
}

/**
 * Opens the queue of `graphile-worker`, which must be installed; makes its tables if they are not there.
 *
 * @throws {DriverMissingError}
 */
export async function openQueue(url: string): Promise<ReplayQueue> {
  const { makeWorkerUtils } = await queueDriver();
  const utils = await makeWorkerUtils({ connectionString: url, logger: await quietLogger() });
  await utils.migrate();
  return {
    async add(key, ranges) {
      for (const { fromBlock } of ranges) {
        const job: ReplayJob = { chain: key.chain, market: key.market, fromBlock };
        const jobKey = jobKeyOf(key, fromBlock);
        const queueName = `${key.chain}/${key.market}`;
        await utils.addJob(REPLAY_TASK, job, { queueName, jobKey, maxAttempts: MOST_ATTEMPTS });
      }
    },
    release: (workers) => utils.forceUnlockWorkers([...workers]),
    failing: () =>
      utils.withPgClient(async (client) => {
        const { rows } = await client.query<FailingRow>(
          "SELECT key, attempts, max_attempts, last_error FROM graphile_worker.jobs WHERE task_identifier = $1 AND last_error IS NOT NULL ORDER BY key",
          [REPLAY_TASK],
        );
        return rows.map((row) => ({
          key: row.key ?? "",
          attempts: row.attempts,
          givenUp: row.attempts >= row.max_attempts,
          error: row.last_error,
        }));
      }),
    close: async () => utils.release(),
  };
}

/** Names a range in the queue. */
export const jobKeyOf = (key: JournalKey, fromBlock: number): string =>
  `${key.chain}/${key.market}/${fromBlock}`;

interface FailingRow {
  readonly key: string | null;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly last_error: string;
}

/** @throws {DriverMissingError} */
export async function queueDriver() {
  try {
    return await import("graphile-worker");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new DriverMissingError("graphile-worker", { cause: error });
  }
}

/** The queue writes no lines of its own: what a job ends with is told by the worker's options. */
export async function quietLogger() {
  const { Logger } = await queueDriver();
  return new Logger(() => () => undefined);
}
